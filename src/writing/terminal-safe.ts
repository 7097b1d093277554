/**
 * Text from a cluster may hold anything: sequences that recolour, retitle or rewrite a terminal, and marks that make
 * text read in another order than it is stored. Everything that a person is shown goes through one of these first.
 */

/** Keeps lines apart and everything else harmless: no escape sequences, no control characters, no invisible marks. */
export function terminalSafe(text: string): string {
  return text
    .toWellFormed()
    .replace(escapeSequences, '')
    .replace(lineEnds, '\n')
    .replace(/\t/g, ' ')
    .replace(controlCharacters, '')
    .replace(invisibleMarks, '');
}

/** The same on one line, each run of white space as one space. */
export function oneLine(text: string): string {
  return terminalSafe(text).replace(/\s+/g, ' ').trim();
}

/** The same for a command to copy: on one line, spaces inside it as they are. */
export function oneCommand(text: string): string {
  return terminalSafe(text).replace(/\n+/g, ' ').trim();
}

// Spelled as text, so that this file itself holds no control character.
const escape = '\\u001b';
const stringBegins = '\\u009d\\u0090\\u0098\\u009e\\u009f';
const stringEnd = `(?:\\u0007|${escape}\\\\|\\u009c)`;

/**
 * ECMA-48: commands with a text (OSC, DCS, SOS, PM, APC) only where they are closed, so that an open one cannot swallow
 * the evidence behind it, and where no other one begins inside, so that a text full of beginnings costs no more than any
 * other; then CSI sequences; then any two-character escape.
 */
const escapeSequences = new RegExp(
  [
    `(?:${escape}[\\]PX^_]|[${stringBegins}])[^\\u0007\\u001b\\u009c\\n${stringBegins}]*${stringEnd}`,
    `(?:${escape}\\[|\\u009b)[0-?]*[ -/]*[@-~]`,
    `${escape}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
const lineEnds = new RegExp('\\r\\n?|[\\u0085\\u2028\\u2029]', 'g');
const controlCharacters = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]', 'g');
/** Bidirectional controls, zero-width characters, soft hyphens, interlinear marks and tag characters. */
const invisibleMarks = new RegExp(
  '[\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]|\\u{e0001}|[\\u{e0020}-\\u{e007f}]',
  'gu',
);
