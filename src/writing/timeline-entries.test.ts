import { describe, expect, test } from 'vitest';
import {
  exampleChoice,
  exampleEvents,
  exampleInvestigated,
  exampleObservation,
  examplePlan,
  openedAt,
} from '../domain/example-incident.ts';
import { exampleInvestigation } from './example-investigation.ts';
import { exampleNight, exampleWrongTurn } from './example-night.ts';
import { type TimelineEntry, timelineOf } from './timeline-entries.ts';

const everything = { from: 0, events: 10_000 };

test('the night is told from the page to the end, with every thought and every command', async () => {
  const lines = timelineOf(exampleNight(), everything).map(written);

  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/timeline-night.txt');
});

test('a wrong turn is told as it went', async () => {
  const lines = timelineOf(exampleWrongTurn(), everything)
    .filter(({ part }) => part === undefined)
    .map(written);

  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/timeline-wrong-turn.txt');
});

test('what people and programs outside did is told', () => {
  const alert = { name: 'CartErrors', summary: 'cart 5xx rate > 5 %' };
  const events = exampleEvents([
    { kind: 'paged', page: 'page-2', alert, state: 'firing', series: 'CartErrors' },
    { kind: 'acknowledged' },
    { kind: 'notes-written', text: 'It was the node.' },
    { kind: 'delivered', key: 'ticket-1', target: 'github', what: 'ticket', link: 'https://github.example/issues/7' },
    exampleChoice(1, examplePlan()),
    { kind: 'answered', attempt: 1, answer: 'no', because: 'too risky now' },
    { kind: 'paged', page: 'page-3', alert, state: 'resolved', series: 'CartErrors' },
    { kind: 'joined', incident: '2026-09-15-0240-cart-abcd', because: 'the same node' },
    { kind: 'aborted', because: 'ada stopped it' },
  ]);

  expect(
    timelineOf(events, { from: 1, events: 20 })
      .filter(({ kind }) => kind !== 'plan-chosen')
      .map(({ title, text, tone }) => [title, text, tone]),
  ).toEqual([
    ['Paged as well: CartErrors', 'cart 5xx rate > 5 %', 'bad'],
    ['stanch has seen it.', undefined, 'neutral'],
    ['stanch wrote notes.', undefined, 'neutral'],
    ['Told github: ticket', 'https://github.example/issues/7', 'neutral'],
    ['stanch said no to attempt 1.', 'too risky now', 'neutral'],
    ['The pager says that CartErrors is over.', 'cart 5xx rate > 5 %', 'good'],
    ['It is worked on in 2026-09-15-0240-cart-abcd.', 'the same node', 'neutral'],
    ['Stopped. What was done stays until it is undone.', 'ada stopped it', 'bad'],
  ]);
});

describe('a part of it', () => {
  const events = exampleNight();

  test.each([0, 1, 2, 7, events.length - 1, events.length])('from event %i on is what the whole says from there', (from) => {
    const whole = timelineOf(events, everything);

    expect(timelineOf(events, { from, events: 3 })).toEqual(whole.filter(({ position }) => position >= from && position < from + 3));
  });

  test('an investigation is told whole: its thoughts, and then what came of it', () => {
    const told = timelineOf(events, { from: 1, events: 1 });

    expect(told.map(({ part }) => part)).toEqual([...exampleInvestigation.thoughts.keys(), undefined]);
    expect(told.at(-1)).toMatchObject({ position: 1, kind: 'investigated', title: exampleInvestigation.summary });
  });
});

test('what is watched for an hour is told as fast as it is read', () => {
  const watched = Array.from(
    { length: 5000 },
    (_, index) => ({ kind: 'observed', attempt: 1, observation: exampleObservation(openedAt + index, true) }) as const,
  );
  const events = exampleEvents([exampleInvestigated('first'), exampleChoice(1, examplePlan()), ...watched]);

  expect(timelineOf(events, { from: 4900, events: 100 }).map(({ position }) => position)).toEqual(
    Array.from({ length: 100 }, (_, index) => 4900 + index),
  );
});

test('what a cluster wrote cannot recolour, reorder or break a line', () => {
  const hostile = '\u001b[31mred\u202e\nnext';
  const told = timelineOf(exampleNight(hostile), everything);

  expect(told.filter(({ title }) => /[\u0000-\u001f\u202e]/.test(title))).toEqual([]);
  expect(
    told.filter(({ text, conclusion, command }) => /[\u0000-\u0009\u000b-\u001f\u202e]/.test(`${text}${conclusion}${command}`)),
  ).toEqual([]);
});

function written({ position, part, at, by, kind, phase, title, text, conclusion, command, citing, tone }: TimelineEntry): string {
  return [
    `${position}${part === undefined ? '' : `.${part}`} ${at} ${by} [${kind}${phase === undefined ? '' : `: ${phase}`}] (${tone}) ${title}`,
    ...(text === undefined ? [] : text.split('\n').map((line) => `    ${line}`)),
    ...(conclusion === undefined ? [] : [`    → ${conclusion}`]),
    ...(command === undefined ? [] : command.split('\n').map((line) => `    $ ${line}`)),
    ...(citing === undefined ? [] : [`    [${citing.join(', ')}]`]),
  ].join('\n');
}
