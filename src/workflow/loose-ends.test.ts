import { describe, expect, test } from 'vitest';
import type { ChangeResult } from '../domain/change-result.ts';
import { exampleChoice, exampleIncident, exampleInvestigated, examplePlan, exampleRepair, openedAt } from '../domain/example-incident.ts';
import { examplePod } from '../domain/example-objects.ts';
import type { IncidentHappening } from '../domain/incident-event.ts';
import { pod } from '../domain/kubernetes/pod.ts';
import type { LooseEnd } from '../domain/loose-end.ts';
import { incidentFollowUps } from './incident-follow-ups.ts';
import { looseEndsOf } from './loose-ends.ts';

const approved = (attempt: number): IncidentHappening => ({
  kind: 'approved',
  attempt,
  approval: { by: 'ada', how: 'human', at: openedAt },
});

function change(index: number, state: ChangeResult['state'], direction: 'do' | 'undo' = 'do', attempt = 1): readonly IncidentHappening[] {
  const of = { attempt, index, direction };
  return [
    { kind: 'change-begun', ...of },
    { kind: 'change-ended', ...of, result: { state, detail: `it was ${state}` } },
  ];
}

const cordoned = [exampleChoice(1, examplePlan()), approved(1), ...change(0, 'done'), ...change(1, 'done')];
const undoAsked: IncidentHappening = { kind: 'undo-asked', attempt: 1, because: 'ada asked' };

function ends(happenings: readonly IncidentHappening[]): readonly Pick<LooseEnd, 'says' | 'state' | 'command'>[] {
  return looseEndsOf(exampleIncident(...happenings), []).map(({ says, state, command }) => ({
    says,
    state,
    ...(command === undefined ? {} : { command }),
  }));
}

describe('what an incident leaves', () => {
  test.each<readonly [string, readonly IncidentHappening[], readonly ReturnType<typeof ends>[number][]]>([
    ['is nothing where nothing was carried out', [exampleChoice(1, examplePlan()), approved(1)], []],
    [
      'is nothing where the change was refused, or was so already',
      [exampleChoice(1, examplePlan()), approved(1), ...change(0, 'already-so')],
      [],
    ],
    [
      'is carried while it waits for its proofs',
      cordoned,
      [
        {
          says: 'Node node-3 has been cordoned, until the proofs for putting it back hold.',
          state: 'carried',
          command: 'kubectl uncordon node-3',
        },
      ],
    ],
    [
      'is closed once it is put back',
      [...cordoned, undoAsked, ...change(0, 'done', 'undo')],
      [{ says: 'Node node-3 was cordoned, and is put back.', state: 'closed' }],
    ],
    [
      'is open where it could not be put back',
      [...cordoned, undoAsked, ...change(0, 'refused', 'undo')],
      [
        {
          says: 'Node node-3 has been cordoned, and could not be put back: it was refused.',
          state: 'open',
          command: 'kubectl uncordon node-3',
        },
      ],
    ],
    [
      'is open where nobody knows whether it was carried out',
      [exampleChoice(1, examplePlan()), approved(1), ...change(0, 'unknown'), undoAsked],
      [{ says: 'Node node-3 may have been cordoned, and could not be put back.', state: 'open', command: 'kubectl uncordon node-3' }],
    ],
    [
      'is left to a look where somebody else changed it',
      [...cordoned, undoAsked, ...change(0, 'overtaken', 'undo')],
      [
        {
          says: 'Node node-3 was cordoned, and somebody else changed it since; it was left alone: it was overtaken',
          state: 'open',
          command: 'kubectl get nodes node-3 -o yaml',
        },
      ],
    ],
    [
      'is a repair, which stays',
      [exampleChoice(1, exampleRepair, 'repair'), approved(1), ...change(0, 'done')],
      [
        {
          says: 'DaemonSet kube-system/kube-proxy has been given another memory limit, and stays so: make it permanent where it is deployed from.',
          state: 'carried',
          command: 'kubectl set resources -n kube-system daemonset/kube-proxy -c kube-proxy --limits=memory=128Mi',
        },
      ],
    ],
  ])('%s', (_what, happenings, expected) => {
    expect(ends(happenings)).toEqual(expected);
  });

  test('are debug pods as well, and not to know is an end of its own', () => {
    const found = pod.read(examplePod({ name: 'stanch-debug-1', owner: null }));
    const leaving = { ...found, metadata: { ...found.metadata, deletionTimestamp: openedAt } };

    expect(looseEndsOf(exampleIncident(), [found, leaving]).map(({ state, command }) => [state, command])).toEqual([
      ['open', 'kubectl delete pod -n shop stanch-debug-1'],
      ['closed', undefined],
    ]);
    expect(looseEndsOf(exampleIncident(), undefined).map(({ state, command }) => [state, command])).toEqual([
      ['open', 'kubectl get pods -A -l stanch.dev/debug-pod'],
    ]);
  });
});

describe('the follow-up of an incident', () => {
  const now = Date.parse('2026-09-15T02:51:00Z');

  test('carries the tickets of the diagnosis, what is left, and one reminder', () => {
    const incident = exampleIncident(exampleInvestigated('diagnosis'), ...cordoned);
    const looseEnds = looseEndsOf(incident, []);

    expect(
      incidentFollowUps(incident, { looseEnds, now, timeZone: 'Europe/Berlin' }).map(({ kind, title, due }) => [kind, title, due]),
    ).toEqual([
      ['gate', 'Before putting Node node-3 back', undefined],
      ['ticket', 'Give kube-proxy the memory that it needs', undefined],
      ['ticket', 'Kept for now: Node node-3', undefined],
      ['reminder', 'Look again at what this incident changed', '2026-09-16T07:00:00Z'],
    ]);
  });

  test('speaks of no gate that was passed', () => {
    const incident = exampleIncident(exampleInvestigated('diagnosis'), ...cordoned, undoAsked, ...change(0, 'done', 'undo'));

    expect(incidentFollowUps(incident, { looseEnds: looseEndsOf(incident, []), now }).map(({ kind }) => kind)).toEqual([
      'ticket',
      'reminder',
    ]);
  });

  test('is nothing where nothing was found and nothing done', () => {
    expect(incidentFollowUps(exampleIncident(), { looseEnds: [], now })).toEqual([]);
  });
});
