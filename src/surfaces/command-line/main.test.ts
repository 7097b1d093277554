import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const recordings = fileURLToPath(new URL('../../../recordings/', import.meta.url));
const seed = join(recordings, 'kube-proxy-rules-incomplete/the-seed');
const folder = mkdtempSync(join(tmpdir(), 'stanch-main-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

/** The real program, in a pipe. Its input is closed at once unless there is something to type. */
function stanch(
  given: readonly string[],
  how: { readonly input?: string; readonly environment?: { readonly [name: string]: string } } = {},
): Promise<Ended> {
  const child = start(given, how.environment);
  child.stdin.end(how.input ?? '');
  return ending(child);
}

function start(
  given: readonly string[],
  environment: { readonly [name: string]: string } = {},
): ReturnType<typeof spawn> & { readonly stdin: NodeJS.WritableStream } {
  const env = { PATH: process.env['PATH'], HOME: folder, ...environment };
  const child = spawn(process.execPath, [main, ...given], { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: folder });
  return child as ReturnType<typeof spawn> & { readonly stdin: NodeJS.WritableStream };
}

function ending(child: ReturnType<typeof spawn>): Promise<Ended> {
  const written = { out: '', error: '' };
  child.stdout?.on('data', (chunk: Buffer) => void (written.out += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => void (written.error += chunk.toString('utf8')));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...written })));
}

// Linux has a device that is always full; elsewhere nothing fails as plainly.
test.runIf(existsSync('/dev/full')).each([
  { given: ['demo'], end: 'Nothing in the cluster was changed' },
  // Somebody may have agreed to a change before the disk was full.
  {
    given: ['mitigate', '--recording', seed, '--database', `sqlite:${join(folder, 'full.db')}`],
    end: 'What was changed in the cluster until then is recorded: stanch incidents',
  },
])(
  'an answer that cannot be written is told in one line, and is no verdict: $given.0',
  async ({ given, end }) => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [main, ...given], {
      stdio: ['ignore', full, 'pipe'],
      env: { PATH: process.env['PATH'], HOME: folder },
    });
    const { status, error } = await ending(child);
    closeSync(full);

    expect([status, error]).toEqual([
      3,
      `stanch: running stanch: the answer could not be written (ENOSPC: no space left on device, write). ${end}.\n`,
    ]);
  },
  30_000,
);

describe('the demonstration', () => {
  test('finds the cause, prints what stops the bleeding before it, and says nothing on standard error', async () => {
    const { status, out, error } = await stanch(['demo']);

    expect([status, error]).toEqual([1, '']);
    expect(out.indexOf('kubectl cordon node-worker-3')).toBeGreaterThan(0);
    expect(out.indexOf('kubectl cordon node-worker-3')).toBeLessThan(out.indexOf('· Why?'));
    expect(out).toContain('stanch explain kube-proxy-rules-incomplete');
    expect(out).not.toContain('\u001b');
  }, 30_000);

  test('is the same bytes twice, and from its recording', async () => {
    const [first, second, replay] = await Promise.all([
      stanch(['demo', '-o', 'json']),
      stanch(['demo', '-o', 'json']),
      stanch(['investigate', '-r', seed, '-o', 'json']),
    ]);

    expect(JSON.parse(first.out)).toMatchObject({ outcome: 'explained', alert: { verdict: 'real' } });
    expect(second).toEqual(first);
    expect(replay).toEqual(first);
  }, 30_000);

  test('takes colours when it is asked for them', async () => {
    const { out } = await stanch(['demo', '--color', 'always'], { environment: { NO_COLOR: '1' } });

    expect(out).toContain('\u001b[1m');
  }, 30_000);
});

test('a healthy cluster ends with 0', async () => {
  expect(await stanch(['investigate', '-r', join(recordings, 'healthy/old-noise')])).toMatchObject({ status: 0, error: '' });
}, 30_000);

/** Port 9 is "discard", which nothing listens to. */
const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'deaf', cluster: { server: 'http://127.0.0.1:9' } }],
  users: [{ name: 'nobody', user: {} }],
  contexts: [{ name: 'deaf', context: { cluster: 'deaf', user: 'nobody' } }],
  'current-context': 'deaf',
});

describe('input that is wrong ends with 3 and one line', () => {
  const given = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };
  mkdirSync(join(folder, 'empty'));
  mkdirSync(join(folder, 'malformed'));
  given('malformed/pods.json', '{"kind": "List", "items": [');

  test.each([
    ['a flag that does not exist', ['investigate', '--speed'], 'reading the command line'],
    ['a recording that is not there', ['investigate', '-r', 'nowhere.tar.gz'], 'nowhere.tar.gz'],
    ['an empty folder', ['investigate', '-r', 'empty'], 'empty'],
    ['malformed JSON', ['investigate', '-r', 'malformed'], 'malformed'],
    ['what is no archive', ['investigate', '-r', given('text.tar.gz', 'hello')], 'text.tar.gz'],
    ['an alert that is not there', ['investigate', '-r', seed, '-a', 'nowhere.json'], 'nowhere.json'],
    ['an alert of unknown shape', ['investigate', '-r', seed, '-a', given('shape.json', '{"foo":1}')], 'alert'],
    ['an empty alert', ['investigate', '-r', seed, '-a', '-'], 'standard input'],
    ['no kubeconfig at all', ['investigate'], '.kube/config'],
    ['a kubeconfig that is not there', ['investigate', '--kubeconfig', 'nowhere'], 'nowhere'],
    ['a context that is not in it', ['investigate', '--kubeconfig', given('deaf', kubeconfig), '--context', 'elsewhere'], 'elsewhere'],
    ['a server that does not listen', ['investigate', '--kubeconfig', given('deaf', kubeconfig)], '127.0.0.1:9'],
    ['a failure mode that does not exist', ['explain', 'gremlins'], 'gremlins'],
  ])(
    '%s',
    async (_what, words, named) => {
      const { status, out, error } = await stanch(words);

      expect([status, out]).toEqual([3, '']);
      expect(error).toMatch(/^stanch: [^\n]+: [^\n]+\. [^\n]+\.\n$/);
      expect(error).toContain(named);
    },
    30_000,
  );
});

describe('somebody stops it', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'with %s, and it ends at once and says that nothing was changed',
    async (signal, status) => {
      const child = start(['investigate', '-r', seed, '--alert', '-']);
      const ended = ending(child);
      // It waits for an alert that never ends. More than a pipe holds is gone only once the program reads.
      await new Promise((resolve) => child.stdin.write(Buffer.alloc(1024 * 1024, ' '), resolve));
      const stoppedAt = performance.now();
      child.kill(signal);

      expect(await ended).toEqual({
        status,
        out: '',
        error:
          'stanch: stopped while reading the alert from standard input. 0 questions were answered, nothing in the cluster was changed.\n',
      });
      expect(performance.now() - stoppedAt).toBeLessThan(1000);
    },
    30_000,
  );
});

test('a reader that has seen enough is no error', async () => {
  const child = start(['demo']);
  const ended = ending(child);
  child.stdin.end();
  child.stdout?.once('data', () => child.stdout?.destroy());

  expect((await ended).error).toBe('');
}, 30_000);
