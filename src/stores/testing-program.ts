import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Another process, that tells line by line what it did. */
export interface TestingProgram {
  /** The next line. Undefined: it has ended. */
  readonly told: () => Promise<string | undefined>;
  /** All lines that are left, once it has ended. */
  readonly rest: () => Promise<readonly string[]>;
  /** As `kill -9` does it: it has no say in the matter. */
  readonly kill: () => void;
  readonly ended: Promise<void>;
}

/** Runs a module given as text; `tell` is there for it, and what was told before a kill arrives. For tests. */
export function startProgram(text: string): TestingProgram {
  const program = `
    const { writeSync } = await import('node:fs');
    const tell = (line) => writeSync(1, line + '\\n');
    ${text}`;
  const started = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const told = async (): Promise<string | undefined> => {
    const next = await lines.next();
    return next.done === true ? undefined : next.value;
  };
  return {
    told,
    rest: async () => {
      const rest: string[] = [];
      for (let line = await told(); line !== undefined; line = await told()) rest.push(line);
      return rest;
    },
    kill: () => {
      started.kill('SIGKILL');
    },
    ended: new Promise((resolve) => started.on('close', () => resolve())),
  };
}
