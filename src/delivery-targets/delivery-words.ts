import { createHash } from 'node:crypto';

/** What stands for the key on the other side: the same for the same key, and plain letters wherever it is put. */
export function markOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** Not longer than the other side takes; what was left out is said. */
export function shortened(text: string, longestCharacters: number): string {
  const rest = '\n\n… (shortened)';
  return text.length <= longestCharacters
    ? text
    : `${text.slice(0, longestCharacters - rest.length).replace(/[\ud800-\udbff]$/, '')}${rest}`;
}

export function oneLine(text: string, longestCharacters: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longestCharacters ? line : `${line.slice(0, longestCharacters - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** A code span or block and nothing of it, or what stands between two of them. Bounded, since notes are written by hand. */
const codeOrText = /(`+)(?!`)[^]{1,4000}?(?<!`)\1(?!`)|[^`]+|`+/g;

/** Changes a Markdown text, but no command in it, which is copied as it is. */
export function outsideCode(markdown: string, change: (text: string) => string): string {
  return markdown.replace(codeOrText, (part, fence: string | undefined) => (fence === undefined ? change(part) : part));
}

/** Markdown for whoever does not read it: without the marks that keep a reader of it from seeing markup. */
export function plainOf(markdown: string): string {
  return outsideCode(markdown, (text) => text.replace(/\\([!-/:-@[-`{-~])/g, '$1').replace(/&amp;(?=#?[a-z0-9]+;)/gi, '&'));
}

/** The text, and behind it where the incident is shown. */
export function withLink(text: string, link: string | undefined): string {
  return link === undefined ? text : `${text}\n\n${link}`;
}
