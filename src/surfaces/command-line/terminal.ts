import type { Readable } from 'node:stream';

/** The outside of a command: where it writes, what it is written on, and what may be piped into it. */
export interface Terminal {
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** setRawMode: hands over each key at once. Absent: not a terminal. */
  readonly input: Readable & { readonly isTTY?: boolean; readonly setRawMode?: (isRaw: boolean) => unknown };
  readonly isOutTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Absent: not a terminal. */
  readonly columns: number | undefined;
  readonly environment: { readonly [name: string]: string | undefined };
}

/** Wider lines are hard to read, and a pipe has no width of its own. */
const widestPage = 100;
const narrowestPage = 40;

export function pageColumns(terminal: Pick<Terminal, 'columns'>): number {
  return Math.min(Math.max(terminal.columns ?? widestPage, narrowestPage), widestPage);
}

/** Only such a terminal can take a line back. */
export function canRewriteLines(terminal: Pick<Terminal, 'isErrorTerminal' | 'environment'>): boolean {
  return terminal.isErrorTerminal && terminal.environment['TERM'] !== 'dumb';
}
