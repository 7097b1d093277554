import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { exampleChoice, exampleEvents, exampleIncident, examplePlan } from '../../domain/example-incident.ts';
import type { ActingComposition } from './acting-composition.ts';
import { exampleProgram } from './example-composition.ts';

const events = exampleEvents([exampleChoice(1, examplePlan())]);
const incident = exampleIncident(exampleChoice(1, examplePlan()));

/** A plan is chosen by this process or was by an earlier one, and somebody is asked. */
function asking(isChosenNow: boolean): ActingComposition {
  return {
    act: async (_request, { follower, approver }, signal) => {
      const [attempt] = incident.attempts;
      const chosen = events.at(-1);
      if (attempt === undefined || chosen === undefined) throw new Error('A plan was chosen.');
      if (isChosenNow) follower.happened(chosen, incident);
      await approver.ask(attempt, signal);
      return { state: 'acted', id: 'it', worked: { state: 'rested', resting: 'waiting', because: '', incident } };
    },
    listIncidents: () => Promise.reject(new Error('Nothing is listed.')),
    readIncident: () => Promise.reject(new Error('Nothing is read.')),
  };
}

test.each([
  { name: 'on the terminal a moment ago', isChosenNow: true, isOutTerminal: true, more: [], isShown: false },
  { name: 'to an earlier run, perhaps to somebody else', isChosenNow: false, isOutTerminal: true, more: [], isShown: true },
  { name: 'in a file', isChosenNow: true, isOutTerminal: false, more: [], isShown: true },
  { name: 'nowhere, for the answer is JSON', isChosenNow: true, isOutTerminal: true, more: ['-o', 'json'], isShown: true },
])('whoever is asked about a plan that was shown $name sees it beside the question: $isShown', async (of) => {
  const { isChosenNow, isOutTerminal, more, isShown } = of;
  const input = Object.assign(new PassThrough(), { isTTY: true });
  let error = '';
  const writeError = (text: string): void => {
    error += text;
    if (text.endsWith('[y/N] ')) input.write('n\n');
  };
  await exampleProgram({
    composition: { openActing: () => Promise.resolve(asking(isChosenNow)) },
    terminal: { isOutTerminal, isErrorTerminal: true, input, writeError },
  }).run('mitigate', '--incident', 'it', ...more);

  expect([error.includes('kubectl cordon'), error.includes('Carry out cordon-node now?')]).toEqual([isShown, true]);
});

test('who waits for an alert that never comes is stopped, and told that nothing was changed', async () => {
  const stop = new AbortController();
  const input = new PassThrough();
  const running = exampleProgram({ terminal: { input }, interruption: stop.signal }).run('mitigate', '--alert', '-');
  stop.abort();

  expect(await running).toEqual({
    status: 3,
    out: '',
    error: 'stanch: reading the alert: it was stopped. Nothing in the cluster was changed.\n',
  });
});
