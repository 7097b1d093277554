import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IncidentHappening } from '../domain/incident-event.ts';
import type { ChangeResult } from '../domain/change-result.ts';
import { nextStep } from './next-step.ts';
import type { Goal, Step } from './step.ts';
import { type Chances, incidentIn, newWorld, objectOf, testPatience, work } from './testing-executor.ts';
import {
  exampleChoice,
  exampleIncident,
  exampleInvestigated,
  exampleObservation,
  examplePlan,
  exampleRepair,
  exampleScaleOut,
  openedAt,
  unmetPrecondition,
} from '../domain/example-incident.ts';

/** The same worlds in every run, and no search for a smaller one that fails: a bad world can take its executor minutes. */
const settings = { numRuns: 300, seed: 20_261_121, endOnFailure: true } as const;

const approved: IncidentHappening = { kind: 'approved', attempt: 1, approval: { by: 'ada', how: 'human', at: openedAt + 2000 } };
const saved: IncidentHappening = { kind: 'evidence-saved', attempt: 1, path: 'somewhere' };
const begun = (index: number, direction: 'do' | 'undo' = 'do'): IncidentHappening => ({
  kind: 'change-begun',
  attempt: 1,
  index,
  direction,
});
const ended = (index: number, state: ChangeResult['state'], direction: 'do' | 'undo' = 'do'): IncidentHappening => ({
  kind: 'change-ended',
  attempt: 1,
  index,
  direction,
  result: { state, detail: `it was ${state}` },
});
const judged = (judgement: 'confirmed' | 'worse' | 'no-better' | 'cannot-tell'): IncidentHappening => ({
  kind: 'judged',
  attempt: 1,
  judgement,
  because: ['it is so'],
});
const undoAsked: IncidentHappening = { kind: 'undo-asked', attempt: 1, because: 'ada asked for it' };
const proofs = (...holds: readonly ('yes' | 'no' | 'cannot-tell')[]): IncidentHappening => ({
  kind: 'gate-checked',
  attempt: 1,
  proofs: holds.map((each) => ({ id: each, claim: `it is whole (${each})`, holds: each, because: [] })),
});
const declined = (isSuperseded: boolean): IncidentHappening => ({ kind: 'declined', attempt: 1, because: 'No.', isSuperseded });

const first = exampleInvestigated('first');
const offered = [first, exampleChoice(1, examplePlan())];
const ready = [...offered, approved, saved];
const applied = [...ready, begun(0), ended(0, 'done'), begun(1), ended(1, 'done')];
const mitigated = [...applied, judged('confirmed')];
const explained = [...mitigated, exampleInvestigated('diagnosis')];
const noRepair: IncidentHappening = { kind: 'no-plan', purpose: 'repair', because: 'No plan fits.' };

/** In short: what matters of the step. */
function next(
  happenings: readonly IncidentHappening[],
  goal: Goal = 'follow-through',
  seconds = happenings.length + 1,
  startedAt = 0,
): string {
  return spoken(
    nextStep(exampleIncident(...happenings), goal, {
      now: openedAt + seconds * 1000,
      startedAt: openedAt + startedAt * 1000,
      patience: testPatience,
    }),
  );
}

function spoken(step: Step): string {
  switch (step.kind) {
    case 'investigate':
      return `investigate ${step.why}`;
    case 'choose-plan':
      return `choose-plan ${step.purpose}`;
    case 'change':
    case 'look-up':
      return `${step.kind} ${step.direction} ${step.index}`;
    case 'record':
      return `record ${step.happening.kind}`;
    case 'rest':
      return `rest ${step.state}: ${step.because}`;
    default:
      return step.kind;
  }
}

describe('on the way to a mitigation', () => {
  test.each<readonly [string, readonly IncidentHappening[], string]>([
    ['it is looked first', [], 'investigate first'],
    ['a plan is chosen from where the trouble is, before anybody asks why', [first], 'choose-plan mitigate'],
    ['somebody has to agree', offered, 'seek-approval'],
    ['evidence is saved before it is destroyed', [...offered, approved], 'save-evidence'],
    ['changes are carried out in their order', ready, 'change do 0'],
    ['what was begun and has no end is looked up', [...ready, begun(0)], 'look-up do 0'],
    ['what had not been done is begun again', [...ready, begun(0), ended(0, 'not-done')], 'change do 0'],
    ['what was so already is left alone', [...ready, begun(0), ended(0, 'already-so')], 'change do 1'],
    ['what is held back is tried again', [...ready, begun(0), ended(0, 'done'), begun(1), ended(1, 'held-back')], 'change do 1'],
    ['half a plan is put back', [...ready, begun(0), ended(0, 'done'), begun(1), ended(1, 'refused')], 'record undo-asked'],
    ['what was overtaken is not forced', [...ready, begun(0), ended(0, 'overtaken')], 'record undo-asked'],
    ['what is done is watched', applied, 'observe'],
    ['what harms is put back', [...applied, judged('worse')], 'record undo-asked'],
    ['what does not help is put back', [...applied, judged('no-better')], 'record undo-asked'],
    ['what cannot be told is left to a human', [...applied, judged('cannot-tell')], 'rest needs-human: it is so'],
    [
      'after what was put back it is watched until that has come to rest',
      [...applied, judged('worse'), undoAsked, begun(0, 'undo'), ended(0, 'done', 'undo')],
      'observe',
    ],
    ['a no is a no', [...offered, declined(false)], 'rest needs-human: No.'],
    ['a plan that the cluster has outdated is followed by another', [...offered, declined(true)], 'choose-plan mitigate'],
    [
      'where no plan is left a human is asked',
      [first, { kind: 'no-plan', purpose: 'mitigate', because: 'No plan fits.' }],
      'rest needs-human: No plan fits.',
    ],
    [
      'after an abort nothing more is done',
      [...ready, begun(0), ended(0, 'done'), { kind: 'aborted', because: 'Ada stopped it.' }],
      'rest aborted: Ada stopped it.',
    ],
    [
      'after an abort it is still looked up what was begun',
      [...ready, begun(0), { kind: 'aborted', because: 'Ada stopped it.' }],
      'look-up do 0',
    ],
  ])('%s', (_what, happenings, expected) => {
    expect(next(happenings)).toBe(expected);
  });

  test('a blocked plan is never offered, whoever chose it', () => {
    const blocked = [first, exampleChoice(1, examplePlan({ preconditions: [unmetPrecondition] }))];

    expect(next(blocked)).toBe('record declined');
    expect(next([...blocked, approved, saved])).toBe('record declined');
  });

  test('evidence is saved first as well where a plan forgot to say so', () => {
    expect(next([first, exampleChoice(1, examplePlan({ saveFirst: [] })), approved])).toBe('save-evidence');
    expect(next([first, exampleChoice(1, exampleScaleOut), approved])).toBe('change do 0');
  });

  test('a budget that never frees itself ends the plan', () => {
    const waiting = [...ready, begun(0), ended(0, 'done'), begun(1), ended(1, 'held-back')];

    expect(next(waiting, 'mitigate', 90)).toBe('change do 1');
    expect(next(waiting, 'mitigate', 100)).toBe('record undo-asked');
  });

  test('an approval is not acted on by a later run that takes it up much later', () => {
    expect(next(ready, 'mitigate', 3600, 3599)).toBe('record declined');
    expect(next([...ready, begun(0), ended(0, 'done')], 'mitigate', 3600, 3599)).toBe('record undo-asked');
    expect(next(ready, 'mitigate', 60, 59)).toBe('change do 0');
  });

  test('the next plan is chosen once what was put back has come to rest, or will not', () => {
    const back = [...applied, judged('worse'), undoAsked, begun(0, 'undo'), ended(0, 'done', 'undo')];
    const seenAt = (second: number): IncidentHappening => ({
      kind: 'observed',
      attempt: 1,
      observation: exampleObservation(openedAt + second * 1000, false),
    });

    expect(next([...back, seenAt(back.length + 5)], 'mitigate', back.length + 6)).toBe('observe');
    expect(next([...back, seenAt(back.length + 10)], 'mitigate', back.length + 11)).toBe('choose-plan mitigate');
    expect(next(back, 'mitigate', back.length + 95)).toBe('choose-plan mitigate');
  });

  test('it rests once it is confirmed, with the reasons', () => {
    expect(next(mitigated, 'mitigate')).toBe('rest mitigated: it is so');
  });
});

describe('what was asked to be undone', () => {
  const asked = [...mitigated, undoAsked];

  test.each<readonly [string, readonly IncidentHappening[], string]>([
    ['is put back, and only what has an inverse', asked, 'change undo 0'],
    ['is looked up where its end is not known', [...asked, begun(0, 'undo')], 'look-up undo 0'],
    [
      'is put back although the incident is closed',
      [...mitigated, { kind: 'closed', looseEnds: [], followUps: [] }, undoAsked],
      'change undo 0',
    ],
    ['is put back although the work was aborted', [...mitigated, { kind: 'aborted', because: 'Stop.' }, undoAsked], 'change undo 0'],
    ['is put back where nobody knows whether it was done', [...ready, begun(0), ended(0, 'unknown'), undoAsked], 'change undo 0'],
    [
      'is said to be put back when it is',
      [...asked, begun(0, 'undo'), ended(0, 'done', 'undo')],
      'rest undone: What was asked to be undone is put back.',
    ],
    [
      'is left alone where somebody else changed it, and that is said',
      [...asked, begun(0, 'undo'), ended(0, 'overtaken', 'undo')],
      'rest undone: What was asked to be undone is put back. Left alone, because somebody else changed it meanwhile: it was overtaken.',
    ],
    [
      'is never said to be put back when it is not',
      [...asked, begun(0, 'undo'), ended(0, 'refused', 'undo')],
      'rest needs-human: cordon of Node node-3 could not be put back: it was refused.',
    ],
    ['may be nothing', mitigated, 'rest undone: Nothing was asked to be undone.'],
  ])('%s', (_what, happenings, expected) => {
    expect(next(happenings, 'undo')).toBe(expected);
  });

  test('keeps other plans waiting while it could not be put back', () => {
    expect(next([...applied, judged('worse'), undoAsked, begun(0, 'undo'), ended(0, 'unknown', 'undo')])).toBe(
      'rest needs-human: cordon of Node node-3 could not be put back: it was unknown.',
    );
  });

  test('is tried again by a later run', () => {
    expect(next([...asked, begun(0, 'undo'), ended(0, 'refused', 'undo')], 'undo', 3600, 3600)).toBe('change undo 0');
    expect(next([...asked, begun(0, 'undo'), ended(0, 'unknown', 'undo')], 'undo', 3600, 3600)).toBe('look-up undo 0');
  });
});

describe('once it is mitigated', () => {
  test.each<readonly [string, readonly IncidentHappening[], string]>([
    ['it is asked why', mitigated, 'investigate diagnosis'],
    ['the gate is looked at', explained, 'check-gate'],
    ['an open gate lets it be put back', [...explained, proofs('yes', 'yes')], 'record undo-asked'],
    ['a closed gate asks for a repair', [...explained, proofs('yes', 'no')], 'choose-plan repair'],
    ['what cannot be told keeps the gate closed', [...explained, proofs('yes', 'cannot-tell')], 'choose-plan repair'],
    ['no proof at all keeps the gate closed', [...explained, proofs()], 'choose-plan repair'],
    ['a repair has to be agreed to as well', [...explained, proofs('no'), exampleChoice(2, exampleRepair, 'repair')], 'seek-approval'],
    ['without a repair the gate is looked at again', [...explained, proofs('no'), noRepair], 'check-gate'],
    [
      'a repair that was declined is not offered in another form',
      [
        ...explained,
        proofs('no'),
        exampleChoice(2, exampleRepair, 'repair'),
        { kind: 'declined', attempt: 2, because: 'No.', isSuperseded: false },
      ],
      'check-gate',
    ],
    [
      'what went through the gate is not mitigated again',
      [...explained, proofs('yes'), undoAsked, begun(0, 'undo'), ended(0, 'done', 'undo')],
      'close',
    ],
    [
      'what has nothing to put back is closed',
      [
        first,
        exampleChoice(1, examplePlan({ undoWhen: undefined })),
        ...applied.slice(2),
        judged('confirmed'),
        exampleInvestigated('diagnosis'),
      ],
      'close',
    ],
    [
      'what is closed stays closed',
      [...explained, { kind: 'closed', looseEnds: [], followUps: [] }],
      'rest closed: The incident is closed.',
    ],
  ])('%s', (_what, happenings, expected) => {
    expect(next(happenings)).toBe(expected);
  });

  test('a gate that stays closed is left to a human, with what is missing', () => {
    const waiting = [...explained, proofs('yes', 'no', 'cannot-tell'), noRepair];

    expect(next(waiting, 'follow-through', 500)).toBe('check-gate');
    expect(next(waiting, 'follow-through', 700)).toBe('rest gate-closed: it is whole (no): no; it is whole (cannot-tell): cannot tell');
  });

  test('proofs of an earlier run are none', () => {
    expect(next([...explained, proofs('yes')], 'restore', 3601, 3600)).toBe('check-gate');
  });
});

describe('to restore', () => {
  test.each<readonly [string, readonly IncidentHappening[], string]>([
    ['a plan that nobody agreed to is left alone', offered, 'close'],
    ['a plan that was left half done is put back', [...ready, begun(0), ended(0, 'done')], 'record undo-asked'],
    ['what is in force goes through the gate', applied, 'check-gate'],
    ['what is in force goes through the gate after an abort too', [...mitigated, { kind: 'aborted', because: 'Stop.' }], 'check-gate'],
    ['a closed gate is told at once', [...mitigated, proofs('no')], 'rest gate-closed: it is whole (no): no'],
    ['an open gate lets it be put back', [...mitigated, proofs('yes')], 'record undo-asked'],
    ['what is put back is closed', [...mitigated, proofs('yes'), undoAsked, begun(0, 'undo'), ended(0, 'done', 'undo')], 'close'],
  ])('%s', (_what, happenings, expected) => {
    expect(next(happenings, 'restore')).toBe(expected);
  });

  test('each attempt has a gate of its own, and one that is closed does not hold up another', () => {
    const second: readonly IncidentHappening[] = [
      exampleChoice(2, exampleScaleOut),
      { kind: 'approved', attempt: 2, approval: { by: 'ada', how: 'human', at: openedAt + 2000 } },
      { kind: 'change-begun', attempt: 2, index: 0, direction: 'do' },
      { kind: 'change-ended', attempt: 2, index: 0, direction: 'do', result: { state: 'done', detail: '' } },
    ];
    const closed: IncidentHappening = {
      kind: 'gate-checked',
      attempt: 2,
      proofs: [{ id: 'load', claim: 'the load is back', holds: 'no', because: [] }],
    };

    expect(next([...mitigated, ...second, proofs('yes'), closed], 'restore')).toBe('record undo-asked');
  });
});

test('the soak is followed to its end', () => {
  const at = openedAt + applied.length * 1000;
  const observed = Array.from({ length: 14 }, (_none, index) => ({
    kind: 'observed' as const,
    attempt: 1,
    observation: exampleObservation(at + index * 5000, true),
  }));

  expect(next([...applied, ...observed.slice(0, 12)], 'mitigate', applied.length + 56)).toBe('observe');
  expect(next([...applied, ...observed], 'mitigate', applied.length + 66)).toBe('record judged');
});

describe('whatever happens', () => {
  const world = fc.record({
    rolls: fc.array(fc.nat({ max: 99 }), { minLength: 40, maxLength: 120 }),
    crash: fc.constantFrom(0, 5, 25),
    trouble: fc.constantFrom(0, 10, 40),
    count: fc.integer({ min: 1, max: 3 }),
  });
  const plans = [
    examplePlan(),
    exampleScaleOut,
    examplePlan({ id: 'other', undoWhen: undefined }),
    examplePlan({ id: 'blocked', preconditions: [unmetPrecondition] }),
  ];

  test.each(['mitigate', 'follow-through'] as const)(
    'to %s ends, writes no change twice, and leaves nothing standing that was to be put back',
    (goal) => {
      fc.assert(
        fc.property(world, ({ rolls, crash, trouble, count }) => {
          let rolled = 0;
          const dice = (): number => rolls[rolled++ % rolls.length] ?? 0;
          const chances: Chances = {
            dice,
            plans: [plans[3], ...plans.slice(0, count)].flatMap((plan) => plan ?? []),
            repairs: [exampleRepair],
            crash,
            trouble,
          };
          const night = newWorld();
          const resting = work(night, goal, chances);
          const incident = incidentIn(night);

          expect(night.wrongs).toEqual([]);
          for (const { writes } of night.objects.values()) expect(writes).toBeLessThanOrEqual(1);
          for (const attempt of incident.attempts.filter(({ undoAsked: asked }) => asked !== undefined)) {
            attempt.plan.changes.forEach((change, index) => {
              const isLasting = change.kind !== 'evict' && objectOf(attempt, index, night).state === 'after';
              if (isLasting) expect(resting?.state).toBe('needs-human');
            });
          }
          for (const attempt of incident.attempts.filter(({ plan }) => plan.id === 'blocked')) {
            expect(attempt.done.every((progress) => progress.begun === 0)).toBe(true);
          }
        }),
        settings,
      );
    },
  );

  test('an undo that is asked for afterwards puts everything back, run after run', () => {
    fc.assert(
      fc.property(world, ({ rolls, crash, trouble }) => {
        let rolled = 0;
        const dice = (): number => rolls[rolled++ % rolls.length] ?? 0;
        const chances: Chances = { dice, plans: plans.slice(0, 2), repairs: [exampleRepair], crash, trouble };
        const night = newWorld();
        work(night, 'mitigate', chances);
        for (const { number, undoAsked: asked } of incidentIn(night).attempts) {
          if (asked === undefined)
            night.events = [
              ...night.events,
              { at: (night.now += 1000), by: 'ada', kind: 'undo-asked', attempt: number, because: 'ada asked' },
            ];
        }
        work(night, 'undo', chances);
        const calm: Chances = { ...chances, dice: () => 99, crash: 0, trouble: 0 };
        night.now += 3_600_000;

        expect(work(night, 'undo', calm)?.state).toBe('undone');
        expect(night.wrongs).toEqual([]);
        for (const attempt of incidentIn(night).attempts) {
          attempt.plan.changes.forEach((change, index) => {
            if (change.kind !== 'evict') expect(objectOf(attempt, index, night).state).not.toBe('after');
          });
        }
      }),
      settings,
    );
  });
});
