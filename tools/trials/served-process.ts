import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../stanch', import.meta.url));

/** A real `stanch serve`, started as an operator starts it. */
export interface ServedProcess {
  readonly address: string;
  readonly processId: number;
  /** Secret of the first administrator. Undefined: an earlier start on the same database told it. */
  readonly firstToken: string | undefined;
  /** Errors of its log, as they were written. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** What it wrote to standard error besides its log. Empty: nothing. */
  readonly complaint: () => string;
  /** The most memory that was resident at once so far. Source: VmHWM of /proc. */
  readonly peakBytes: () => number;
  /** As it is at this moment. Source: VmRSS of /proc. */
  readonly residentBytes: () => number;
  /** kill -9. Comes true when it is gone. */
  readonly kill: () => Promise<void>;
  /** Asks it to stop. Comes true with its exit status; null where a signal ended it. */
  readonly stop: () => Promise<number | null>;
  /** How it ended: its status, or the signal. Null: it runs still. */
  readonly ending: () => number | NodeJS.Signals | null;
}

export interface ServeWish {
  readonly port: number;
  /** As --database takes it. */
  readonly database: string;
  /** More words of the command line. */
  readonly flags: readonly string[];
  readonly environment: { readonly [name: string]: string };
}

/** So that none outlives a trial that failed. */
const started = new Set<ChildProcess>();

export async function killAll(): Promise<void> {
  await Promise.all([...started].map((each) => new Promise((gone) => each.once('exit', gone).kill('SIGKILL'))));
}

export async function startServer({ port, database, flags, environment }: ServeWish): Promise<ServedProcess> {
  const child = spawn(program, ['serve', '--port', String(port), '--database', database, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  });
  started.add(child);
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      started.delete(child);
      resolve(code);
    }),
  );
  const errors: string[] = [];
  const warnings: string[] = [];
  const complaints: string[] = [];
  // The log is on standard error, and so is what a program says that does not start, or dies.
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!line.startsWith('{')) complaints.push(line);
    else if (/"level":"(error|fatal)"/.test(line)) errors.push(line);
    else if (line.includes('"level":"warn"')) warnings.push(line);
  });
  const told = await toldBy(child.stdout, ended);
  if (told === undefined) throw new Error(`stanch serve did not start: ${complaints.join('\n')}`);
  const processId = child.pid ?? 0;
  return {
    ...told,
    processId,
    errors,
    warnings,
    complaint: () => complaints.join('\n'),
    peakBytes: () => memoryOf(processId, 'VmHWM'),
    residentBytes: () => memoryOf(processId, 'VmRSS'),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    ending: () => child.exitCode ?? child.signalCode,
  };
}

/** Where it listens. Undefined: it ended before it did. */
function toldBy(
  output: NodeJS.ReadableStream,
  ended: Promise<unknown>,
): Promise<Pick<ServedProcess, 'address' | 'firstToken'> | undefined> {
  return new Promise((resolve) => {
    void ended.then(() => resolve(undefined));
    let address: string | undefined;
    createInterface({ input: output }).on('line', (line) => {
      const [, found] = /^Stanch serves at (\S+)$/.exec(line) ?? [];
      const [, firstToken] = /: (stanch_\S+)$/.exec(line) ?? [];
      // A token, where one is told, comes in the same moment and after the address.
      if (found !== undefined) setTimeout(() => resolve({ address: found, firstToken: undefined }), 200);
      if (address !== undefined && firstToken !== undefined) resolve({ address, firstToken });
      address ??= found;
    });
  });
}

function memoryOf(processId: number, field: 'VmHWM' | 'VmRSS'): number {
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${processId}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** One that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Looks again until it is so. Fails with what was seen last when the time is over. */
export async function until<Seen>(
  what: string,
  withinSeconds: number,
  look: () => Promise<{ readonly isSo: boolean; readonly seen: Seen }>,
): Promise<Seen> {
  const deadline = Date.now() + withinSeconds * 1000;
  for (;;) {
    const { isSo, seen } = await look();
    if (isSo) return seen;
    if (Date.now() > deadline) throw new Error(`${what} did not come about within ${withinSeconds} s; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
