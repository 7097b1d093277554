import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { exampleChoice, exampleIncident, examplePlan } from '../../domain/example-incident.ts';
import type { Attempt } from '../../domain/incident.ts';
import type { Terminal } from './terminal.ts';
import { type ApproverSettings, terminalApprover } from './terminal-approver.ts';

interface Asked {
  readonly answer: unknown;
  /** All that was written to standard error. */
  readonly shown: string;
}

function attempt(): Attempt {
  const [offered] = exampleIncident(exampleChoice(1, examplePlan())).attempts;
  if (offered === undefined) throw new Error('A plan was chosen.');
  return offered;
}

async function ask(
  typed: string | undefined,
  of: Partial<ApproverSettings> & Partial<Pick<Terminal, 'isErrorTerminal'>> & { readonly isTTY?: boolean } = {},
  signal = new AbortController().signal,
): Promise<Asked> {
  const { isErrorTerminal = true, isTTY = true, ...settings } = of;
  let shown = '';
  const input = Object.assign(new PassThrough(), { isTTY });
  const terminal: Terminal = {
    writeOut: () => undefined,
    writeError: (text) => (shown += text),
    input,
    isOutTerminal: true,
    isErrorTerminal,
    columns: 80,
    environment: {},
  };
  const approver = terminalApprover(terminal, { approved: [], by: 'ada', clear: () => undefined, unseen: () => '', ...settings });
  const asking = approver.ask(attempt(), signal);
  if (typed === undefined) input.end();
  else input.write(typed);
  return { answer: await asking, shown };
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

  test('is shown the plan before the question where it was not seen there', async () => {
    expect((await ask('y\n', { unseen: ({ plan }) => `${plan.id}: ${plan.expectation}\n` })).shown).toBe(
      `cordon-node: Replacements become Ready elsewhere.\n${question}`,
    );
  });

  test('is not waited for where the work was stopped already', async () => {
    expect((await ask('', {}, AbortSignal.abort())).answer).toEqual({ answer: 'nobody' });
  });
});

test.each([{ isTTY: false }, { isErrorTerminal: false }])('where nobody sits nobody has agreed: %j', async (of) => {
  expect(await ask('y\n', of)).toEqual({ answer: { answer: 'nobody' }, shown: '' });
});

test('what was agreed to by name beforehand is not asked again, and nothing else is agreed to by it', async () => {
  expect((await ask('n\n', { approved: ['cordon-node'] })).answer).toEqual({ answer: 'yes', by: 'ada' });
  expect((await ask('n\n', { approved: ['cordon'] })).answer).toEqual({ answer: 'no', by: 'ada' });
});
