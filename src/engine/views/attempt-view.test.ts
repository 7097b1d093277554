import { describe, expect, test } from 'vitest';
import type { ChangeResult } from '../../domain/change-result.ts';
import {
  exampleChoice,
  exampleIncident,
  exampleObservation,
  examplePlan,
  openedAt,
  unmetPrecondition,
} from '../../domain/example-incident.ts';
import type { IncidentHappening } from '../../domain/incident-event.ts';
import type { ServedState } from '../serve/served-incidents.ts';
import { attemptView, type AttemptView } from './attempt-view.ts';

const chosen = exampleChoice(1, examplePlan());
const approved = { kind: 'approved', attempt: 1, approval: { by: 'ada', how: 'human', at: openedAt } } as const;

function viewOf(happenings: readonly IncidentHappening[], state: ServedState = 'waiting-for-approval'): AttemptView {
  const incident = exampleIncident(...happenings);
  const [attempt] = incident.attempts;
  if (attempt === undefined) throw new Error('The example has an attempt.');
  return attemptView(attempt, { incident, state });
}

function begun(index: number, direction: 'do' | 'undo' = 'do'): IncidentHappening {
  return { kind: 'change-begun', attempt: 1, index, direction };
}

function ended(index: number, result: ChangeResult['state'], direction: 'do' | 'undo' = 'do'): IncidentHappening {
  return { kind: 'change-ended', attempt: 1, index, direction, result: { state: result, detail: `it is ${result}` } };
}

describe('whether it can be approved', () => {
  test.each<readonly [string, boolean, readonly IncidentHappening[], ServedState]>([
    ['it waits', true, [chosen], 'waiting-for-approval'],
    ['something else is done', false, [chosen], 'investigating'],
    ['somebody said yes', false, [chosen, { kind: 'answered', attempt: 1, answer: 'yes' }], 'acting'],
    ['somebody said yes too long ago', true, [chosen, { kind: 'answered', attempt: 1, answer: 'yes' }], 'waiting-for-approval'],
    ['somebody said no', false, [chosen, { kind: 'answered', attempt: 1, answer: 'no' }], 'waiting-for-approval'],
    ['it is approved', false, [chosen, approved], 'waiting-for-approval'],
    ['it is declined', false, [chosen, { kind: 'declined', attempt: 1, because: 'no', isSuperseded: false }], 'waiting-for-approval'],
    ['another plan came after it', false, [chosen, exampleChoice(2, examplePlan())], 'waiting-for-approval'],
    ['it is blocked', false, [exampleChoice(1, examplePlan({ preconditions: [unmetPrecondition] }))], 'waiting-for-approval'],
  ])('%s: %s', (_why, expected, happenings, state) => {
    expect(viewOf(happenings, state).canBeApproved).toBe(expected);
  });
});

test('each change says how far it got', () => {
  const states = (...happenings: readonly IncidentHappening[]): readonly unknown[] =>
    viewOf([chosen, approved, ...happenings]).changes.map(({ state, detail }) => [state, detail]);

  expect(states()).toEqual([
    ['planned', undefined],
    ['planned', undefined],
  ]);
  expect(states(begun(0), ended(0, 'done'), begun(1))).toEqual([
    ['done', 'it is done'],
    ['under-way', undefined],
  ]);
  expect(states(begun(0), ended(0, 'already-so'), begun(1), ended(1, 'held-back'))).toEqual([
    ['done', 'it is already-so'],
    ['held-back', 'it is held-back'],
  ]);
  expect(states(begun(0), ended(0, 'not-done'), begun(1), ended(1, 'unknown'))).toEqual([
    ['planned', 'it is not-done'],
    ['unknown', 'it is unknown'],
  ]);
  expect(states(begun(0), ended(0, 'done'), begun(0, 'undo'), ended(0, 'done', 'undo'))).toEqual([
    ['put-back', undefined],
    ['planned', undefined],
  ]);
  expect(states(begun(0), ended(0, 'done'), begun(0, 'undo'), ended(0, 'refused', 'undo'))[0]).toEqual(['done', 'it is refused']);
});

test('what is in force can be put back, until somebody asked for it', () => {
  const inForce = [chosen, approved, begun(0), ended(0, 'done')];

  expect(viewOf([chosen]).canBeUndone).toBe(false);
  expect(viewOf(inForce).canBeUndone).toBe(true);
  expect(viewOf([...inForce, { kind: 'undo-asked', attempt: 1, because: 'it is worse' }])).toMatchObject({
    canBeUndone: false,
    undoAsked: { by: 'stanch', because: 'it is worse' },
  });
});

test('a side that could not be seen is absent, never zero', () => {
  const seen = exampleObservation(openedAt, true);
  const unseen = { state: 'unreadable', detail: 'timed out' } as const;
  const watched = viewOf([
    chosen,
    { kind: 'observed', attempt: 1, observation: seen },
    { kind: 'observed', attempt: 1, observation: { at: openedAt, replicas: unseen, errors: unseen, alert: unseen } },
  ]).watched;

  expect(watched).toEqual([
    { at: '2026-09-15T02:47:00Z', failingReplicas: 0, healthyReplicas: 4, measured: 0.003, alert: 'quiet' },
    { at: '2026-09-15T02:47:00Z' },
  ]);
});

test('a plan that nobody published cannot be taken for one that heals itself', () => {
  expect(viewOf([exampleChoice(1, examplePlan({ undo: [] }))])).toMatchObject({
    title: 'cordon-node, Node node-3',
    reversibility: 'irreversible',
    undo: [],
  });
  expect(viewOf([chosen])).toMatchObject({ reversibility: 'undoable', undo: ['kubectl uncordon node-3'] });
});
