import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { exampleChoice, exampleIncident, examplePlan } from '../../domain/example-incident.ts';
import type { Attempt } from '../../domain/incident.ts';
import type { Terminal } from './terminal.ts';
import { type ApproverSettings, terminalApprover } from './terminal-approver.ts';

/** To cordon this node. */
function attempt(node = 'node-3'): Attempt {
  const [offered] = exampleIncident(exampleChoice(1, examplePlan({ subject: { kind: 'Node', name: node } }))).attempts;
  if (offered === undefined) throw new Error('A plan was chosen.');
  return offered;
}

interface Sitting {
  readonly approver: ReturnType<typeof terminalApprover>;
  readonly input: PassThrough;
  /** All that was written to standard error. */
  readonly shown: () => string;
  /** Whether the terminal hands over each key, each time that it was told. */
  readonly raw: readonly boolean[];
}

/** Somebody who answers each question, once it is shown, with the next of these. Undefined: the input ends. */
function sit(
  typed: readonly (string | undefined)[],
  of: Partial<ApproverSettings> & Partial<Pick<Terminal, 'isErrorTerminal'>> & { readonly isTTY?: boolean } = {},
): Sitting {
  const { isErrorTerminal = true, isTTY = true, ...settings } = of;
  const raw: boolean[] = [];
  const setRawMode = (isRaw: boolean): void => void raw.push(isRaw);
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode });
  const answers = [...typed];
  let shown = '';
  const writeError = (text: string): void => {
    shown += text;
    if (!text.endsWith('[y/N] ')) return;
    const next = answers.shift();
    if (next === undefined) input.end();
    else input.write(next);
  };
  const terminal: Terminal = {
    writeOut: () => undefined,
    writeError,
    input,
    isOutTerminal: true,
    isErrorTerminal,
    columns: 80,
    environment: {},
  };
  const usual = { approved: [], isWithoutEvidence: false, by: 'ada', clear: () => undefined, unseen: () => '', loss: () => '' };
  return { approver: terminalApprover(terminal, { ...usual, ...settings }), input, shown: () => shown, raw };
}

const never = new AbortController().signal;

async function ask(typed: string | undefined, of: Parameters<typeof sit>[1] = {}, signal = never): Promise<unknown> {
  const { approver, shown } = sit([typed], of);
  return { answer: await approver.ask(attempt(), signal), shown: shown() };
}

const question = 'Carry out cordon-node now? [y/N] ';

describe('a human at a terminal', () => {
  test.each([
    ['y\n', 'yes'],
    ['Yes\n', 'yes'],
    ['\n', 'no'],
    ['n\n', 'no'],
    ['yesterday\n', 'no'],
  ])('who types %j says %s', async (typed, answer) => {
    expect(await ask(typed)).toEqual({ answer: { answer, by: 'ada' }, shown: question });
  });

  test('who closes the input has not answered', async () => {
    expect(await ask(undefined)).toEqual({ answer: { answer: 'nobody' }, shown: question });
  });

  test('whose terminal goes away has not answered', async () => {
    for (const when of ['before', 'while'] as const) {
      const { approver, input } = sit([''], { clear: () => void (when === 'while' && process.nextTick(() => input.destroy(gone))) });
      const gone = new Error('read EIO');
      const asked = approver.ask(attempt(), never);
      if (when === 'before') input.destroy(gone);

      expect([when, await asked]).toEqual([when, { answer: 'nobody' }]);
    }
  });

  test('is shown the plan before the question where it was not seen there', async () => {
    expect(await ask('y\n', { unseen: ({ plan }) => `${plan.id}: ${plan.expectation}\n` })).toMatchObject({
      shown: `cordon-node: Replacements become Ready elsewhere.\n${question}`,
    });
  });

  test('is told what goes for good, and asked about that', async () => {
    expect(await ask('y\n', { loss: () => 'Not saved: the logs.\n' })).toEqual({
      answer: { answer: 'yes', by: 'ada' },
      shown: 'Not saved: the logs.\nCarry out cordon-node now all the same? [y/N] ',
    });
  });

  test('is not waited for where the work was stopped already', async () => {
    expect(await ask('', {}, AbortSignal.abort())).toMatchObject({ answer: { answer: 'nobody' } });
  });
});

describe('keys that were pressed before a question was shown', () => {
  test.each(['y\n', 'y', 'y\ny\ny\n', `${'y\n'.repeat(100_000)}`])('are no answer to it: %#', async (early) => {
    const { approver, input, raw } = sit(['n\n']);
    input.write(early);

    expect(await approver.ask(attempt(), never)).toEqual({ answer: 'no', by: 'ada' });
    // A line that is not ended yet is given away in raw mode alone.
    expect(raw).toEqual([true, false]);
  });

  test.each([[['y\ny\n']], [['y\n', 'y\n']]])('are no answer to the one after it either, however they come: %j', async (chunks) => {
    const { approver, input } = sit(['', 'n\n'], { clear: () => chunks.splice(0).forEach((chunk) => input.write(chunk)) });

    expect(await approver.ask(attempt('node-3'), never)).toEqual({ answer: 'yes', by: 'ada' });
    expect(await approver.ask(attempt('node-2'), never)).toEqual({ answer: 'no', by: 'ada' });
  });

  test('stop the program where they were meant to, although nobody was listening', async () => {
    const { approver, input, shown } = sit(['y\n']);
    input.write('\u0003');

    expect([await approver.ask(attempt(), never), shown()]).toEqual([{ answer: 'nobody' }, '']);
  });
});

test.each([{ isTTY: false }, { isErrorTerminal: false }])('where nobody sits nobody has agreed: %j', async (of) => {
  expect(await ask('y\n', of)).toEqual({ answer: { answer: 'nobody' }, shown: '' });
});

describe('what was agreed to by name beforehand', () => {
  const yes = { answer: 'yes', by: 'ada' };
  const no = { answer: 'no', by: 'ada' };

  test('is not asked again, and nothing else is agreed to by it', async () => {
    expect(await ask('n\n', { approved: ['cordon-node'] })).toMatchObject({ answer: yes });
    expect(await ask('n\n', { approved: ['cordon'] })).toMatchObject({ answer: no });
  });

  test.each([
    [['cordon-node'], [yes, no, yes]],
    [
      ['cordon-node', 'cordon-node'],
      [yes, yes, yes],
    ],
  ])('is one plan each time that it is named, also where that one is worked out anew: %j', async (approved, answers) => {
    const { approver } = sit(['n\n', 'n\n'], { approved });
    const given: unknown[] = [];
    for (const node of ['node-3', 'node-2', 'node-3']) given.push(await approver.ask(attempt(node), never));

    expect(given).toEqual(answers);
  });

  test('destroys what could not be saved only where that was agreed to as well', async () => {
    const of = { approved: ['cordon-node'], loss: () => 'Not saved: the logs.\n' };

    expect(await ask('n\n', of)).toMatchObject({ answer: no });
    expect(await ask('n\n', { ...of, isTTY: false })).toMatchObject({ answer: { answer: 'nobody' } });
    expect(await ask('n\n', { ...of, isTTY: false, isWithoutEvidence: true })).toMatchObject({ answer: yes });
  });
});
