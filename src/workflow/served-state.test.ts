import { describe, expect, test } from 'vitest';
import { incidentOf, type Incident } from '../domain/incident.ts';
import type { IncidentHappening } from '../domain/incident-event.ts';
import { exampleChoice, exampleEvents, exampleInvestigated, examplePlan, openedAt } from '../domain/example-incident.ts';
import { millisecondsPerMinute } from '../domain/instant.ts';
import { nextStep } from './next-step.ts';
import { servedStanding } from './served-state.ts';

const cause = { page: 'page-1', fingerprint: 'f', series: 's' };
const first = exampleInvestigated('first');
const chosen = exampleChoice(1, examplePlan());
const answered: IncidentHappening = { kind: 'answered', attempt: 1, answer: 'yes' };
const approved: IncidentHappening = { kind: 'approved', attempt: 1, approval: { by: 'ada', how: 'human', at: openedAt + 2000 } };
const saved: IncidentHappening = { kind: 'evidence-saved', attempt: 1, path: 'somewhere' };
const changes = [0, 1].flatMap((index): readonly IncidentHappening[] => [
  { kind: 'change-begun', attempt: 1, index, direction: 'do' },
  { kind: 'change-ended', attempt: 1, index, direction: 'do', result: { state: 'done', detail: '' } },
]);
const judged = (judgement: 'confirmed' | 'cannot-tell'): IncidentHappening => ({
  kind: 'judged',
  attempt: 1,
  judgement,
  because: ['it is so'],
});
const proofs: IncidentHappening = {
  kind: 'gate-checked',
  attempt: 1,
  proofs: [{ id: 'a', claim: 'it is whole', holds: 'no', because: [] }],
};
const waiting = [first, chosen];
const applied = [...waiting, approved, saved, ...changes];
const mitigated = [...applied, judged('confirmed')];
const explained = [...mitigated, exampleInvestigated('diagnosis')];
const noPlan: IncidentHappening = { kind: 'no-plan', purpose: 'mitigate', because: 'No plan fits.' };
const undone: readonly IncidentHappening[] = [
  { kind: 'undo-asked', attempt: 1, because: 'ada asked for it' },
  { kind: 'change-begun', attempt: 1, index: 0, direction: 'undo' },
  { kind: 'change-ended', attempt: 1, index: 0, direction: 'undo', result: { state: 'done', detail: '' } },
];
const paged = (state: 'firing' | 'resolved', series = 's'): IncidentHappening => ({
  kind: 'paged',
  page: `${series} ${state}`,
  alert: { name: 'CartErrors', summary: '' },
  state,
  series,
});

interface Happened {
  readonly incident: Incident;
  readonly at: number;
}

function after(happenings: readonly IncidentHappening[]): Happened {
  const [opening, ...rest] = exampleEvents(happenings);
  const events = opening?.kind === 'opened' ? [{ ...opening, cause }, ...rest] : [];
  const incident = incidentOf(events);
  if (incident === undefined) throw new Error('The first event opens the incident.');
  return { incident, at: events.at(-1)?.at ?? 0 };
}

describe('where an incident is', () => {
  test.each<[string, readonly IncidentHappening[], string]>([
    ['nobody looked yet', [], 'queued'],
    ['it was looked at', [first], 'investigating'],
    ['a plan waits', waiting, 'waiting-for-approval'],
    ['a plan waits, and it was asked why meanwhile', [...waiting, exampleInvestigated('diagnosis')], 'waiting-for-approval'],
    ['somebody said yes', [...waiting, answered], 'acting'],
    ['it was approved', [...waiting, approved], 'acting'],
    ['everything is carried out', applied, 'watching'],
    ['it helped', mitigated, 'mitigated'],
    ['whether it helped cannot be told', [...applied, judged('cannot-tell')], 'needs-human'],
    ['the gate stayed closed', [...explained, proofs], 'gate-closed'],
    ['the gate stayed closed, and a page came', [...explained, proofs, paged('firing', 'other')], 'gate-closed'],
    ['no plan fits', [first, noPlan], 'needs-human'],
    ['somebody declined', [...waiting, { kind: 'declined', attempt: 1, because: 'No.', isSuperseded: false }], 'needs-human'],
    ['it fires anew after nothing was found', [first, noPlan, paged('firing')], 'investigating'],
    ['it is joined', [first, { kind: 'joined', incident: 'another', because: 'the same node' }], 'joined'],
    ['it was stopped', [first, { kind: 'aborted', because: 'ada stopped it' }], 'aborted'],
    ['it is over', [first, { kind: 'closed', looseEnds: [], followUps: [] }], 'closed'],
  ])('%s', (_name, happenings, state) => {
    const { incident, at } = after(happenings);
    expect(servedStanding(incident, { at, now: at, isAtWork: false }).state).toBe(state);
  });

  test('somebody who looks for the first time is at work', () => {
    const { incident, at } = after([]);
    expect(servedStanding(incident, { at, now: at, isAtWork: true }).state).toBe('investigating');
  });

  test('a yes that could not be carried out for long is asked for again', () => {
    const { incident, at } = after([...waiting, answered]);
    const later = { at, now: at + 11 * millisecondsPerMinute, isAtWork: false };
    expect(servedStanding(incident, later).state).toBe('waiting-for-approval');
  });
});

describe('an end that was paged', () => {
  test.each<[string, readonly IncidentHappening[], string]>([
    ['closes what was looked at', [first, noPlan, paged('resolved')], 'close'],
    ['closes what waits for an answer that nobody gave', [...waiting, paged('resolved')], 'close'],
    [
      'closes what somebody stopped, so that it does not swallow what comes',
      [first, { kind: 'aborted', because: 'ada stopped it' }, paged('resolved')],
      'close',
    ],
    ['closes nothing while another alert fires', [first, noPlan, paged('firing', 'other'), paged('resolved')], 'unsettled'],
    [
      'closes when the other is over, too',
      [first, noPlan, paged('firing', 'other'), paged('resolved'), paged('resolved', 'other')],
      'close',
    ],
    ['closes nothing that fires again', [first, noPlan, paged('resolved'), paged('firing')], 'unsettled'],
    ['closes nothing that nobody looked at', [paged('resolved')], 'unsettled'],
    ['closes nothing while a node is cordoned', [...explained, proofs, paged('resolved')], 'unsettled'],
    ['closes nothing while a plan is carried out', [...waiting, approved, paged('resolved')], 'unsettled'],
    ['closes when everything is put back', [...explained, proofs, ...undone, paged('resolved')], 'close'],
    ['closes nothing that is closed', [first, { kind: 'closed', looseEnds: [], followUps: [] }, paged('resolved')], 'closed'],
    [
      'closes nothing that is worked on elsewhere',
      [first, { kind: 'joined', incident: 'another', because: 'so' }, paged('resolved')],
      'joined',
    ],
  ])('%s', (_name, happenings, expected) => {
    const { incident, at } = after(happenings);
    const step = nextStep(incident, 'settle', { now: at, startedAt: at, patience: { soakMilliseconds: 0, withinMilliseconds: 0 } });
    expect(step.kind === 'rest' ? step.state : step.kind).toBe(expected);
  });
});
