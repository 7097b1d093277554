import { oneCommand, oneLine, terminalSafe } from '../terminal-safe.ts';

/** Any text as one line of prose that Markdown shows as it is: no markup, no HTML, no links, no table cells of its own. */
export function prose(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|~$]/g, '\\$&')
    .replace(/&(?=#?[a-z0-9]+;)/gi, '&amp;')
    .replace(/:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
    .replace(/^([-+=#])/, '\\$1')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

/** The same, ended by one full stop. Empty text stays empty. */
export function sentence(text: string): string {
  const safe = prose(text);
  return safe === '' || /[.!?…]$/.test(safe) ? safe : `${safe}.`;
}

/** The same without the full stop at its end, for the middle of a sentence. */
export function clause(text: string): string {
  return prose(text).replace(/\.$/, '');
}

/** Any text in a code span, outside of tables. Empty text: nothing. */
export function code(text: string): string {
  return span(oneCommand(text));
}

/** The same for a cell of a table, where a pipe would end the cell, in a code span as well. */
export function codeInCell(text: string): string {
  const raw = oneCommand(text);
  // A table ends the cell at a pipe behind an escaped backslash, and in a code span there is no other way to write it.
  if (raw.includes('\\|')) return `<code>${raw.replace(/[!-/:-@[-`{-~]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</code>`;
  return span(raw.replaceAll('|', '\\|'));
}

/** Fenced by more backticks than it holds in a row. */
function span(raw: string): string {
  if (raw === '') return '';
  const fence = '`'.repeat(longestRun(raw) + 1);
  const gap = raw.startsWith('`') || raw.endsWith('`') ? ' ' : '';
  return fence + gap + raw + gap + fence;
}

/** Commands in a block that has a copy button in most viewers. No commands: nothing. */
export function codeBlock(commands: readonly string[]): readonly string[] {
  return commands.length === 0 ? [] : lineBlock('sh', commands.map(oneCommand));
}

/** Lines of a file in a block, spaces at their beginning as they are. */
export function lineBlock(language: 'sh' | 'yaml', written: readonly string[]): readonly string[] {
  const lines = written.map((line) => terminalSafe(line).replace(/\n+/g, ' '));
  const fence = '`'.repeat(Math.max(3, ...lines.map((line) => longestRun(line) + 1)));
  return [`${fence}${language}`, ...lines, fence];
}

/** Cells must be safe already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return rows.length === 0 ? [] : [row(head), row(head.map(() => '---')), ...rows.map(row)];
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
