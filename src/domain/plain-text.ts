// Each alternative begins with its own character and every repetition is bounded by a class that excludes the end: linear.
const escapeSequence =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?|\u009b[0-?]*[ -/]*[@-~]/g;
/** Control characters except tab, and those that reorder text or cannot be seen. */
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** Text that can be shown on any terminal: without escape sequences, control characters and reordering marks. Line feeds stay. */
export function plainText(text: string): string {
  return text.replace(escapeSequence, '').replace(unprintable, '');
}
