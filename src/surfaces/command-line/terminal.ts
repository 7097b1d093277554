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

/** Where there is no terminal, whoever reads the pipe may have said how wide the page should be. */
export function pageColumns({ columns, environment }: Pick<Terminal, 'columns' | 'environment'>): number {
  const wanted = columns ?? Number(/^[1-9]\d{0,4}$/.exec(environment['COLUMNS'] ?? '')?.[0] ?? widestPage);
  return Math.min(Math.max(wanted, narrowestPage), widestPage);
}

/** Only such a terminal can take a line back. */
export function canRewriteLines(terminal: Pick<Terminal, 'isErrorTerminal' | 'environment'>): boolean {
  return terminal.isErrorTerminal && terminal.environment['TERM'] !== 'dumb';
}
