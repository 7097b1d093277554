import { describe, expect, test } from 'vitest';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import { openedAt } from '../../domain/example-incident.ts';
import type { Precondition } from '../../domain/precondition.ts';
import type { AnyOperation } from '../serve/operation.ts';
import { planMark } from '../serve/plan-mark.ts';
import { ada, alertOf, incidentsIn, page, serverOf, testScene, type TestScene } from '../serve/testing-server.contract.ts';
import { operations } from './index.generated.ts';

const approval = { by: 'mallory', how: 'human', at: openedAt } as const;

/** The first night as it waits for a person, with one precondition of the plan changed in the store itself. */
async function waiting(holds: Precondition['holds'], more: 'nothing' | 'an approval' = 'nothing') {
  const first = serverOf(testScene());
  await page(first, alertOf('CartErrors'));
  await first.workOff();
  const [[known] = []] = await incidentsIn(first);
  const read = known === undefined ? undefined : await first.store.incidents.read(known);
  const [opening, ...rest] = read?.state === 'read' ? read.events : [];
  if (opening?.kind !== 'opened') throw new Error('There is no incident.');

  const scene = testScene();
  const server = serverOf(scene);
  const created = await server.store.incidents.create(opening);
  if (created.state === 'failed') throw new Error(created.happened);
  const events = rest.map((event) => withPrecondition(event, holds));
  if (more === 'an approval') events.push({ at: opening.at, by: 'mallory', kind: 'approved', attempt: 1, approval });
  await server.store.incidents.append(created.id, 1, events);
  return { scene, server, id: created.id, read: () => onlyAttempt(scene) };
}

function withPrecondition(event: IncidentEvent, holds: Precondition['holds']): IncidentEvent {
  if (event.kind !== 'plan-chosen') return event;
  const [first, ...others] = event.plan.preconditions;
  if (first === undefined) throw new Error('The plan has no precondition.');
  return { ...event, plan: { ...event.plan, preconditions: [{ ...first, holds }, ...others] } };
}

async function onlyAttempt(scene: TestScene) {
  const [[, incident] = []] = await incidentsIn(serverOf(scene));
  const attempt = incident?.attempts[0];
  if (attempt === undefined) throw new Error('Nothing was chosen.');
  return attempt;
}

/** Whatever an operation may be told, for this incident. */
async function inputOf({ input }: AnyOperation, { id, read }: Awaited<ReturnType<typeof waiting>>) {
  const attempt = await read();
  const known = {
    incident: id,
    attempt: attempt.number,
    plan: planMark(attempt),
    answer: 'yes',
    because: 'Go.',
    page: 'cart is bad',
    text: 'Go.',
  };
  return Object.fromEntries(Object.entries(known).filter(([field]) => field in input.shape));
}

const changing = operations.filter(
  ({ effect, role }) => effect === 'changes-cluster' || (effect === 'changes-incident' && role === 'operate'),
);

describe('a blocked plan is carried out by no operation, and so by no surface that is derived from them', () => {
  test.each(changing.flatMap((operation) => (['no', 'cannot-tell'] as const).map((holds) => ({ name: operation.name, operation, holds }))))(
    '$name, a precondition: $holds',
    async ({ operation, holds }) => {
      const stage = await waiting(holds);
      const { scene, server } = stage;

      await operation.run(operation.input.parse(await inputOf(operation, stage)), {
        incidents: server.incidents,
        by: 'mallory',
        credential: ada.credential,
        role: 'administer',
        signal: new AbortController().signal,
        progress: () => undefined,
        pause: () => Promise.resolve(),
      });
      await server.workOff();

      expect(scene.time.cluster.writes).toEqual([]);
    },
  );

  test('the same plan, where every precondition holds, is carried out', async () => {
    const { server, scene, id, read } = await waiting('yes');

    const answer = { attempt: 1, plan: planMark(await read()), answer: 'yes' } as const;
    expect(await server.incidents.answer(id, answer, ada)).toEqual({ state: 'done' });
    await server.workOff();

    expect(scene.time.cluster.writes[0]).toBe('PATCH /api/v1/nodes/node-3 /spec/unschedulable=true');
  });

  test('whoever says yes is told why', async () => {
    const { server, id, read } = await waiting('no');

    const answer = { attempt: 1, plan: planMark(await read()), answer: 'yes' } as const;
    expect(await server.incidents.answer(id, answer, ada)).toEqual({
      state: 'refused',
      because: 'A precondition of the plan does not hold, or is not known to hold; nothing can carry it out.',
    });
  });

  test('an approval that was written into the store is not enough', async () => {
    const { server, scene, id } = await waiting('no', 'an approval');

    await server.incidents.restore(id, 'mallory');
    await server.workOff();

    expect(scene.time.cluster.writes).toEqual([]);
    expect((await onlyAttempt(scene)).done.map(({ begun }) => begun)).toEqual([0, 0, 0]);
  });
});
