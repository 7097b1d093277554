import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { exampleInvestigation } from '../../writing/example-investigation.ts';
import { cannotTellInvestigation, healthyInvestigation, hostileInvestigation } from '../../writing/example-outcomes.ts';
import { plainPalette } from '../../writing/layout.ts';
import { writeIncidentNotes } from '../../writing/markdown/incident-notes.ts';
import { writeMonologue } from '../../writing/text/tell.ts';
import type { Composition } from './composition.ts';
import { exampleProgram } from './example-composition.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-command-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

function answering(investigation: typeof exampleInvestigation): Pick<Composition, 'runInvestigation'> {
  return { runInvestigation: () => Promise.resolve({ state: 'done', investigation }) };
}
const never: Pick<Composition, 'runInvestigation'> = {
  runInvestigation: (_options, announcer) => {
    announcer.announce({ kind: 'progress', text: 'listing pods (3 of 22)' });
    return new Promise(() => undefined);
  },
};

describe('the exit status', () => {
  test.each([
    ['healthy', healthyInvestigation, 0],
    ['explained', exampleInvestigation, 1],
    ['cannot-tell', cannotTellInvestigation, 2],
  ] as const)('of an investigation that ends %s', async (_outcome, investigation, status) => {
    for (const output of ['text', 'json', 'markdown']) {
      expect(await exampleProgram({ composition: answering(investigation) }).run('investigate', '-o', output)).toMatchObject({
        status,
        error: '',
      });
    }
  });

  test('is 3 when it failed, with one line that says what was attempted, what happened and what to do', async () => {
    const program = exampleProgram({
      composition: {
        runInvestigation: () =>
          Promise.resolve({
            state: 'failed',
            attempted: 'opening the recording\nx.tar.gz',
            happened: 'It ends in the middle',
            whatToDo: 'Copy it again',
          }),
      },
    });

    expect(await program.run('investigate')).toEqual({
      status: 3,
      out: '',
      error: 'stanch: opening the recording x.tar.gz: It ends in the middle. Copy it again.\n',
    });
  });

  test('is 3 for a mistake on the command line, and nothing is looked at', async () => {
    const program = exampleProgram();

    expect(await program.run('investigate', '--speed')).toEqual({
      status: 3,
      out: '',
      error: "stanch: reading the command line: unknown option '--speed'. See stanch investigate --help.\n",
    });
    expect(program.asked).toEqual([]);
  });

  test('is 3 for a bug of ours, and the line says so', async () => {
    const program = exampleProgram({ composition: { runInvestigation: () => Promise.reject(new Error('no pod\nof that name')) } });
    const { status, out, error } = await program.run('investigate');

    expect([status, out]).toEqual([3, '']);
    expect(error).toMatch(
      /^stanch: running stanch investigate: Stanch has a bug \(Error: no pod of that name .*\)\. Please report it with the command that you ran\.\n$/,
    );
  });
});

describe('the answer', () => {
  test('is text on a page of 100 columns in a pipe, without colours or progress', async () => {
    const { out, error } = await exampleProgram().run('investigate');

    expect(out).toBe(`${writeMonologue(exampleInvestigation, { columns: 100, palette: plainPalette }).slice(2).join('\n')}\n`);
    expect(error).toBe('');
  });

  test('is told to its end although the end was never announced', async () => {
    const announced = await exampleProgram().run('investigate');

    expect((await exampleProgram({ composition: answering(exampleInvestigation) }).run('investigate')).out).toBe(announced.out);
  });

  test('as JSON is the contract and nothing else', async () => {
    const { out } = await exampleProgram().run('investigate', '--output', 'json');

    expect(JSON.parse(out)).toEqual(exampleInvestigation);
  });

  test('as JSON holds the same values, and nothing that a terminal obeys', async () => {
    const hostile = hostileInvestigation('\u001b[2J\u009b1A\u202e\u2028');
    const { out } = await exampleProgram({ composition: answering(hostile) }).run('investigate', '--output', 'json');

    expect(JSON.parse(out)).toEqual(hostile);
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
  });

  test('as Markdown is the incident notes and nothing else', async () => {
    const { out } = await exampleProgram().run('demo', '--output', 'markdown');

    expect(out).toBe(writeIncidentNotes(exampleInvestigation));
  });

  test('has colours on a terminal, or when asked for', async () => {
    const onTerminal = { isOutTerminal: true, isErrorTerminal: false, columns: 80 };
    const colours = async (
      terminal: typeof onTerminal & { readonly environment?: { readonly [name: string]: string } },
      ...given: readonly string[]
    ) => (await exampleProgram({ terminal }).run('investigate', ...given)).out.includes('\u001b[');

    expect(await colours(onTerminal)).toBe(true);
    expect(await colours({ ...onTerminal, environment: { NO_COLOR: '1' } })).toBe(false);
    expect(await colours({ ...onTerminal, environment: { NO_COLOR: '' } })).toBe(true);
    expect(await colours({ ...onTerminal, environment: { TERM: 'dumb' } })).toBe(false);
    expect(await colours(onTerminal, '--color', 'never')).toBe(false);
    expect(await colours({ ...onTerminal, isOutTerminal: false })).toBe(false);
    expect(await colours({ ...onTerminal, isOutTerminal: false, environment: { NO_COLOR: '1' } }, '--color', 'always')).toBe(true);
  });
});

describe('live progress', () => {
  const terminal = { isOutTerminal: true, isErrorTerminal: true, columns: 16 };

  test('is one line that is taken back, on a terminal only', async () => {
    expect((await exampleProgram({ terminal }).run('investigate')).error).toBe('\r\u001b[2K… listing pods \r\u001b[2K');
    expect((await exampleProgram({ terminal: { ...terminal, environment: { TERM: 'dumb' } } }).run('investigate')).error).toBe('');
    expect((await exampleProgram({ terminal: { ...terminal, isErrorTerminal: false } }).run('investigate')).error).toBe('');
  });

  test('cannot carry escape sequences of a cluster', async () => {
    const evil: Composition['runInvestigation'] = (_options, announcer) => {
      announcer.announce({ kind: 'progress', text: 'a\u001b]0;owned\u0007\nb' });
      return Promise.resolve({ state: 'done', investigation: healthyInvestigation });
    };

    expect((await exampleProgram({ terminal, composition: { runInvestigation: evil } }).run('investigate')).error).toBe(
      '\r\u001b[2K… a b\r\u001b[2K',
    );
  });
});

describe('somebody stops it', () => {
  test('and is told at once what was done, with the status of the signal', async () => {
    const controller = new AbortController();
    const running = exampleProgram({ composition: never, interruption: controller.signal }).run('investigate', '-o', 'json');
    await Promise.resolve();
    controller.abort({ status: 143 });

    expect(await running).toEqual({
      status: 143,
      out: '',
      error: 'stanch: stopped while listing pods (3 of 22). 0 questions were answered, nothing in the cluster was changed.\n',
    });
  });

  test('and what was put into the cluster is taken away before the program ends', async () => {
    const controller = new AbortController();
    const steps: string[] = [];
    const tidy: Composition['runInvestigation'] = async (_options, announcer, signal) => {
      announcer.announce({ kind: 'notice', text: 'creates pod default/x\u001b[2J' });
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await new Promise((resolve) => setImmediate(resolve));
      steps.push('deleted');
      announcer.announce({ kind: 'finished', investigation: exampleInvestigation });
      return { state: 'done', investigation: exampleInvestigation };
    };
    const program = exampleProgram({ composition: { runInvestigation: tidy }, interruption: controller.signal, graceSeconds: 30 });
    const running = program.run('investigate', '-o', 'json');
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort({ status: 130 });

    expect(await running).toEqual({
      status: 130,
      out: '',
      error: 'stanch: creates pod default/x\nstanch: stopped. 0 questions were answered, debug pods were deleted or end by themselves.\n',
    });
    expect(steps).toEqual(['deleted']);
  });

  test('before it has begun', async () => {
    expect(await exampleProgram({ composition: never, interruption: AbortSignal.abort() }).run('demo')).toMatchObject({
      status: 130,
      out: '',
    });
  });
});

describe('the budget', () => {
  test('ends what cannot end by itself', async () => {
    const ending = await exampleProgram({ composition: never }).run('investigate', '--budget', '0.01');

    expect(ending).toEqual({
      status: 3,
      out: '',
      error:
        'stanch: investigating: it did not end within its budget of 0.01 s while listing pods (3 of 22). Give it more time with --budget, or narrow it with --namespace.\n',
    });
  });
});

describe('the alert', () => {
  test('comes from a file', async () => {
    const path = join(folder, 'alert.json');
    writeFileSync(path, '{"alerts":[]}');
    const program = exampleProgram();
    await program.run('investigate', '--alert', path);

    expect(program.asked).toEqual([
      { alert: { origin: path, text: '{"alerts":[]}' }, lookBackMilliseconds: 86_400_000, budgetSeconds: 60 },
    ]);
  });

  test('comes from standard input', async () => {
    const program = exampleProgram({ input: 'payments are slow\n' });
    await program.run('record', '--to', 'x', '--alert', '-');

    expect(program.asked).toMatchObject([{ alert: { origin: 'standard input', text: 'payments are slow\n' }, record: 'x' }]);
  });

  test('asks for input on a terminal, so that nobody waits for nothing', async () => {
    const input = Object.assign(Readable.from(['slow']), { isTTY: true });

    expect((await exampleProgram({ terminal: { input } }).run('investigate', '-a', '-')).error).toBe(
      'Paste the alert, then press Ctrl-D.\n',
    );
  });

  test.each([
    ['a missing file', 'missing.json', 'there is no such file. Check the path, or use --alert - to hand the alert in through a pipe.'],
    ['a directory', '.', 'it is a directory. Check the path, or use --alert - to hand the alert in through a pipe.'],
    ['an empty file', 'empty.json', 'it is empty. Hand in an Alertmanager or PagerDuty payload, or describe the trouble in words.'],
    ['a huge file', 'huge.json', 'it is larger than 4 MB. Hand in the one alert that is to be investigated.'],
  ])('that is %s is refused before anything is looked at', async (_what, name, reason) => {
    writeFileSync(join(folder, 'empty.json'), ' \n');
    writeFileSync(join(folder, 'huge.json'), Buffer.alloc(4 * 1024 * 1024 + 1, ' '));
    const program = exampleProgram();
    const path = join(folder, name);

    expect(await program.run('investigate', '--alert', path)).toEqual({
      status: 3,
      out: '',
      error: `stanch: reading the alert from ${path}: ${reason}\n`,
    });
    expect(program.asked).toEqual([]);
  });

  test('that is piped in and empty is refused', async () => {
    expect(await exampleProgram().run('investigate', '--alert', '-')).toMatchObject({
      status: 3,
      error: expect.stringContaining('standard input: it is empty'),
    });
  });
});

describe('other commands', () => {
  test('record says what it wrote and how to look at it', async () => {
    expect(await exampleProgram().run('record', '--to', 'night.tar.gz')).toEqual({
      status: 0,
      out: 'Recorded 12 files, 20 KiB, to night.tar.gz. Look at it: stanch investigate --recording night.tar.gz\n',
      error: '',
    });
  });

  test('check writes what there is to say about a command, and its status tells it too', async () => {
    expect(await exampleProgram().run('check', 'kubectl delete pod a')).toEqual({
      status: 2,
      out: 'Cannot tell\n  $ kubectl delete pod a\n\n? No Pod a was seen in namespace default.\n\nWhat cannot be told is not fine.\n',
      error: '',
    });
  });

  test('permissions prints what it was handed', async () => {
    const out = 'kind: ClusterRole # read\n';
    expect(await exampleProgram().run('permissions', '--only', 'read')).toEqual({ status: 0, out, error: '' });
    expect(await exampleProgram().run('permissions', '--only', 'read,')).toMatchObject({ status: 3, out: '' });
    expect(await exampleProgram().run('permissions', '--only', 'write')).toMatchObject({
      status: 3,
      error: expect.stringContaining('There are: read, secret-names, act, exec, debug-pods.'),
    });
  });

  test('demo works the incident that comes with the program', async () => {
    const program = exampleProgram();
    await program.run('demo');

    expect(program.asked).toMatchObject([{ recording: 'demonstration' }]);
  });
});
