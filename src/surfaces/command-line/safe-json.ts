/** JSON that a terminal can show as it is: characters that it would obey are written as escapes, which changes no value. */
export function safeJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** JSON.stringify escapes the control characters below U+0020; these are the others, and the marks that turn text around. */
const obeyed = new RegExp('[\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]', 'g');
