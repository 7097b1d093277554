import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneCommand, oneLine, terminalSafe } from './terminal-safe.ts';

const nothingObeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const hostile = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(
      '\u001b[31m',
      '\u001b]0;title\u0007',
      '\u001b]8;;http://x\u001b\\',
      '\u009b2J',
      '\u001bP',
      '\u001b',
      '\u202e',
      '\r',
      '\u0000',
      '\ud800',
    ),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  ),
  { maxLength: 20 },
);
const text = hostile.map((parts) => parts.join(''));

describe('text from a cluster', () => {
  test('never moves, colours or retitles a terminal', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(terminalSafe(any)).not.toMatch(nothingObeyed);
      }),
    );
    fc.assert(
      fc.property(text, (any) => {
        expect(oneLine(any)).not.toMatch(/[\n\t]/);
      }),
    );
    fc.assert(
      fc.property(text, (any) => {
        expect(oneCommand(any)).not.toMatch(/[\n\t]/);
      }),
    );
  });

  test('is made safe once and for all', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(terminalSafe(terminalSafe(any))).toBe(terminalSafe(any));
      }),
    );
  });

  test('costs no more for being full of commands that are never closed', () => {
    expect(terminalSafe('\u009da'.repeat(125_000))).toBe('a'.repeat(125_000));
  });

  test('is left alone where it is plain', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (plain) => {
        expect(terminalSafe(plain)).toBe(plain);
      }),
    );
    expect(terminalSafe('Zürich → 東京 ✓ 128Mi\nsecond line')).toBe('Zürich → 東京 ✓ 128Mi\nsecond line');
  });

  test.each([
    ['colours', '\u001b[1;31mFATAL\u001b[0m: refused', 'FATAL: refused'],
    ['eight-bit colours', '\u009b31mFATAL', 'FATAL'],
    ['a window title', '\u001b]0;owned\u0007ready', 'ready'],
    ['a link with a hidden target', '\u001b]8;;http://evil\u001b\\docs\u001b]8;;\u001b\\', 'docs'],
    ['a screen that is cleared', 'before\u001b[2J\u001b[Hafter', 'beforeafter'],
    ['a device command', '\u001bP1;2|payload\u001b\\shown', 'shown'],
    ['a line that is overwritten', 'real text\rfake text', 'real text\nfake text'],
    ['backspaces', 'rm -rf /\b\b\b\b', 'rm -rf /'],
    ['text that reads backwards', 'user\u202etxt.exe', 'usertxt.exe'],
    ['hidden letters', 'pay\u200bment\ufeff', 'payment'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
  ])('loses %s', (_what, raw, safe) => {
    expect(terminalSafe(raw)).toBe(safe);
  });

  test('keeps what follows a command that is never closed', () => {
    expect(terminalSafe('\u001b]0;the database refused')).toBe('0;the database refused');
  });

  test('stays on one line where one line is meant', () => {
    expect(oneLine('  a \n\n b\tc ')).toBe('a b c');
    expect(oneCommand("kubectl patch x -p 'a  b'\nrm -rf /")).toBe("kubectl patch x -p 'a  b' rm -rf /");
  });
});
