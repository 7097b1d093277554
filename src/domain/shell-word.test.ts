import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoted, shellCommand, shellWord } from './shell-word.ts';

test('names of Kubernetes stay as they are', () => {
  expect(['payment-service-7f8b9c4d5-x2k9m', 'node-1.example.org', 'deployment/cart'].map(shellWord)).toEqual([
    'payment-service-7f8b9c4d5-x2k9m',
    'node-1.example.org',
    'deployment/cart',
  ]);
});

test('what a shell would act on is quoted, and what a program would take for an option is no name', () => {
  expect(['a; rm -rf /', '$(reboot)', "it's", '--all', ''].map(shellWord)).toEqual([
    "'a; rm -rf /'",
    "'$(reboot)'",
    `'it'\\''s'`,
    "'(no valid name)'",
    "'(no valid name)'",
  ]);
});

test('a real shell reads any quoted text back as one word', () => {
  const texts = fc
    .sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), { numRuns: 40, seed: 7 })
    .map((text) => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' '));
  const script = texts.map((text) => `printf '%s\\0' ${quoted(text)}`).join('\n');
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(texts);
});

test('a command says what it says and does nothing else, whatever it is given, also behind another shell', () => {
  const name = `x; echo no > it's "$(echo no)"`;
  const inner = shellCommand`printf %s,%s, of=${name} ${7}`;

  expect(execFileSync('sh', ['-c', shellCommand`sh -c ${inner}`], { encoding: 'utf8' })).toBe(`of=${name},7,`);
  expect([shellCommand`get pod ${'cart-7f9-a'}`, shellCommand`get pod ${undefined}`]).toEqual([
    'get pod cart-7f9-a',
    "get pod '(no valid name)'",
  ]);
});
