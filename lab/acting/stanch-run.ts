import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { imageRegistry, sourceDirectory } from '../layout.ts';

/**
 * The options by which Stanch may look inside. From the pod network of a cordoned node only a pod that is pinned to it can try a
 * connection, and the gate wants that.
 */
export const lookInside = ['--node-access=debug-pod', `--debug-image=${imageRegistry}/shop/checkout:1.18.2`, '--allow-exec'] as const;

export interface StanchRun {
  readonly ended: Promise<StanchEnd>;
  /** What it says on standard output, once it has said that. Fails where it ends before. */
  readonly said: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly kill: (signal: 'SIGKILL' | 'SIGINT') => void;
}

export interface StanchEnd {
  /** Absent: a signal ended it. */
  readonly status: number | undefined;
  readonly output: string;
  readonly errors: string;
}

/** Starts the shipped command line in a process group of its own, from where this program is. */
export function startStanch(parameters: readonly string[]): StanchRun {
  const child = spawn(join(sourceDirectory, '..', 'stanch'), parameters, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return {
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => resolve({ status: status ?? undefined, output, errors }));
    }),
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(output);
          if (found !== null) resolve(found);
        };
        look();
        child.stdout.on('data', look);
        child.once('close', () =>
          reject(new Error(`stanch ended before it said ${pattern.source}: ${(errors || output).trim().slice(-1000)}`)),
        );
      }),
    kill: (signal) => {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, signal);
    },
  };
}

export interface ToldIncident {
  readonly id: string;
  readonly attempts: readonly ToldAttempt[];
}

export interface ToldAttempt {
  readonly number: number;
  readonly plan: { readonly id: string; readonly changes: readonly ToldChange[] };
  readonly done: readonly ToldProgress[];
  readonly undone: readonly ToldProgress[];
  readonly judgement?: { readonly is: string };
  readonly undoAsked?: { readonly because: string };
}

export interface ToldChange {
  readonly kind: string;
  readonly uid: string;
  readonly node?: string;
  readonly namespace?: string;
  readonly pod?: string;
}

interface ToldProgress {
  readonly begun: number;
  readonly result?: { readonly state: string; readonly detail: string };
}

/** What Stanch tells of an incident, as data. */
export async function readTold(database: string, id: string): Promise<ToldIncident> {
  const json = JSON.parse(await outputOf(['incidents', id, '--database', database, '--output=json'])) as {
    readonly incident: { readonly attempts: readonly ToldAttempt[] };
  };
  return { id, attempts: json.incident.attempts };
}

/** The same in words. */
export function readNotes(database: string, id: string): Promise<string> {
  return outputOf(['incidents', id, '--database', database, '--output=markdown']);
}

async function outputOf(parameters: readonly string[]): Promise<string> {
  const { status, output, errors } = await startStanch(parameters).ended;
  if (status !== 0)
    throw new Error(`Ran: stanch ${parameters.join(' ')}\nIt ended with status ${status}: ${(errors || output).trim().slice(-1000)}`);
  return output;
}
