import { spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';

export interface ProgramResult {
  /** Exit status; 128 + signal number is not used: a killed program has status -1. */
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

export interface ProgramOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** File that receives output and errors as they come, for long builds. */
  readonly logPath?: string;
  /** Milliseconds after which the program is killed. Absent: as long as it takes. */
  readonly timeoutMilliseconds?: number;
}

const keptCharacters = 32 * 1024 * 1024;

/** Runs a program with a fixed argument vector, never through a shell, and returns whatever its status was. */
export function tryProgram(vector: readonly [string, ...string[]], options: ProgramOptions = {}): Promise<ProgramResult> {
  const [program, ...rest] = vector;
  return new Promise((resolve) => {
    const child = spawn(program, rest, {
      cwd: options.directory,
      env: { ...process.env, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.timeoutMilliseconds === undefined ? {} : { timeout: options.timeoutMilliseconds, killSignal: 'SIGKILL' as const }),
    });
    const log: WriteStream | undefined = options.logPath === undefined ? undefined : createWriteStream(options.logPath);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log?.write(text);
      if (output.length < keptCharacters) output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log?.write(text);
      if (errors.length < keptCharacters) errors += text;
    });
    child.on('error', (cause) => resolve({ status: 127, output, errors: `${errors}${cause.message}` }));
    child.on('close', (status) => {
      log?.end();
      resolve({ status: status ?? -1, output, errors });
    });
    // A program that ends without reading its input closes the pipe; that is its right.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Like `tryProgram`, but a failure is an error that says what was run and what it answered. */
export async function runProgram(vector: readonly [string, ...string[]], options: ProgramOptions = {}): Promise<string> {
  const result = await tryProgram(vector, options);
  if (result.status !== 0) {
    const answer = (result.errors || result.output).trim().slice(-2000);
    const where = options.logPath === undefined ? '' : ` The whole output is in ${options.logPath}.`;
    throw new Error(`Ran: ${vector.join(' ')}\nIt ended with status ${result.status}: ${answer}${where}`);
  }
  return result.output;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export interface Waiting {
  readonly what: string;
  readonly withinSeconds: number;
  readonly everyMilliseconds?: number;
  /** Returns true when the awaited state is reached, otherwise words that say what was seen instead. */
  readonly check: () => Promise<true | string>;
}

/** Polls until the check holds, and otherwise fails with the last thing that was seen. */
export async function waitFor(waiting: Waiting): Promise<void> {
  const deadline = Date.now() + waiting.withinSeconds * 1000;
  let seen = 'nothing yet';
  while (Date.now() < deadline) {
    const answer = await waiting.check();
    if (answer === true) return;
    seen = answer;
    await pause(waiting.everyMilliseconds ?? 500);
  }
  throw new Error(`Waited ${waiting.withinSeconds} s for: ${waiting.what}. Last seen: ${seen}`);
}
