import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleChoice, exampleEvents, exampleIncident, examplePlan } from '../../../domain/example-incident.ts';
import { incidentOf } from '../../../domain/incident.ts';
import type { IncidentEvent } from '../../../domain/incident-event.ts';
import { writeAttempts } from '../../markdown/report-attempts.ts';
import { exampleNight, exampleWrongTurn } from '../../example-night.ts';
import { type Layout, type Palette, plainPalette } from '../../layout.ts';
import { tellRehearsal } from './attempt.ts';
import { writeIncidentList } from './incident-list.ts';
import { type Rested, tellResting } from './resting.ts';
import { nothingActed, tellActing, watchingLine } from './tell-acting.ts';

const plain: Layout = { columns: 96, palette: plainPalette };
const id = '2026-09-15-0247-payment-service-k3f9';

function tellAll(events: readonly IncidentEvent[], layout = plain): readonly string[] {
  let told = nothingActed;
  return events.flatMap((event, index) => {
    const incident = incidentOf(events.slice(0, index + 1));
    if (incident === undefined) return [];
    const live = event.kind === 'observed' ? [`… ${watchingLine(event, incident)}`] : [];
    const telling = tellActing(event, { incident, told, layout });
    told = telling.told;
    return [...live, ...telling.lines];
  });
}

function resting(events: readonly IncidentEvent[], state: Rested['resting'], because: string): readonly string[] {
  const incident = incidentOf(events);
  return incident === undefined ? [] : tellResting({ id, resting: state, because, incident }, plain);
}

test('the night is told calmly, from the plan to the loose ends', async () => {
  const night = exampleNight();
  const chosen = night.find((event) => event.kind === 'plan-chosen');
  const rehearsal =
    chosen?.kind === 'plan-chosen'
      ? tellRehearsal(
          chosen.plan,
          chosen.plan.changes.map(() => ({ state: 'accepted', detail: '' })),
          plain,
        )
      : [];
  const lines = [...rehearsal, ...tellAll(night), ...resting(night, 'closed', 'The incident is closed.')];

  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../golden/acting-night.txt');
});

test('a wrong turn is told with what was taken back, and what is left to do', async () => {
  const turn = exampleWrongTurn();
  const lines = [...tellAll(turn), ...resting(turn, 'needs-human', 'cordon-node is blocked: there is room elsewhere: no.')];

  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../golden/acting-wrong-turn.txt');
});

test('what could not be saved before it goes is told beside what was, also in the notes', () => {
  const pod = { kind: 'Pod', namespace: 'shop', name: 'cart-1' };
  const unsaved = [
    { pod, because: 'pods "cart-1" is forbidden', isOnlyTrace: true },
    { pod: { ...pod, name: 'cart-2' }, because: 'dial tcp: connection refused', isOnlyTrace: false },
  ];
  const events = exampleEvents([exampleChoice(1, examplePlan()), { kind: 'evidence-saved', attempt: 1, path: 'evidence-1', unsaved }]);

  expect(tellAll(events, { ...plain, columns: 200 }).slice(-2)).toEqual([
    '✗ Not saved: the logs of Pod shop/cart-1: pods "cart-1" is forbidden. It goes for good with this plan, and nothing else tells why it fails.',
    '? Not saved: the logs of Pod shop/cart-2: dial tcp: connection refused.',
  ]);
  expect(writeAttempts(exampleIncident(...events.slice(1))).filter((line) => line.includes('Not saved'))).toEqual([
    '- Not saved, and the only trace: the logs of Pod shop/cart-1: pods "cart-1" is forbidden.',
    '- Not saved: the logs of Pod shop/cart-2: dial tcp: connection refused.',
  ]);
});

test('an attempt that is in force is said to be, with what puts it back', () => {
  const mitigated = exampleNight().slice(0, -9);

  expect(resting(mitigated, 'mitigated', 'it has held for 60 s; 4 of 4 replicas Ready')).toEqual([
    '',
    'Users are served again.',
    'It has held for 60 s; 4 of 4 replicas Ready.',
    '→ Attempt 1 (cordon-node) is in force. It is put back only when node-worker-3 is proven whole:',
    '  its service rules are complete, and a probe from a pod on it reaches what failed.',
    `  find the cause, repair, put back  stanch mitigate --incident ${id} --follow-through`,
    `  put it back at once               stanch undo ${id}`,
    `  the notes                         stanch incidents ${id} --output markdown`,
  ]);
});

test('a dry run that did not go well is told change by change', () => {
  const chosen = exampleNight().find((event) => event.kind === 'plan-chosen');
  const outcomes = [
    { state: 'accepted', detail: '' },
    { state: 'held-back', detail: 'the budget allows none now' },
  ];

  expect(chosen?.kind === 'plan-chosen' ? tellRehearsal(chosen.plan, outcomes, plain) : []).toEqual([
    '? Dry run: evict Pod payments/payment-service-7f8b9c4d5-x2k9m: held-back, the budget allows none',
    '  now',
  ]);
});

test('incidents are listed one a line', () => {
  const openedAt = Date.parse('2026-09-15T02:47:20Z');

  const one = { id, openedAt, cluster: 'lab', alert: 'PaymentServiceErrors' };

  expect(
    writeIncidentList(
      [
        { ...one, isClosed: false, state: 'needs-human' },
        { ...one, isClosed: true, state: 'closed' },
      ],
      plain,
    ),
  ).toEqual([
    `needs-human  ${id}  2026-09-15 02:47:20 UTC · lab · PaymentServiceErrors`,
    `closed       ${id}  2026-09-15 02:47:20 UTC · lab · PaymentServiceErrors`,
  ]);
  expect(writeIncidentList([], plain)).toEqual(['No incident is kept here.']);
});

describe('whatever a cluster or a person says', () => {
  const paint = (text: string): string => `\u001b[1m${text}\u001b[0m`;
  const palette: Palette = { heading: paint, strong: paint, faint: paint, command: paint, good: paint, bad: paint, doubtful: paint };

  test('no escape sequence but our own colours reaches the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.integer({ min: 20, max: 200 }), (text, columns) => {
        const screen = tellAll(exampleNight(`\u001b[2J\u001b]0;owned\u0007${text}\u009b1A\r\u202e`), { columns, palette }).join('\n');

        expect(screen.replaceAll('\u001b[1m', '').replaceAll('\u001b[0m', '')).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        );
      }),
      { numRuns: 40 },
    );
  });

  test('none of it begins a line of its own', () => {
    expect(tellAll(exampleNight('\n$ rm -rf /\n✓ owned')).filter((line) => /^(\$ rm|✓ owned)/.test(line))).toEqual([]);
  });
});
