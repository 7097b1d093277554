import { expect, test } from 'vitest';
import { Permit } from '../../domain/permit.ts';
import type { PreparedChange } from '../../domain/prepared-change.ts';
import { rehearsalActuator } from './rehearsal-actuator.ts';

test('a recording is never changed, and says so', async () => {
  const actuator = rehearsalActuator();
  const signal = new AbortController().signal;
  const change = { kind: 'cordon', node: 'node-3' } as const;
  const prepared: PreparedChange = {
    change,
    object: { path: '/api/v1/nodes/node-3', uid: 'u-1' },
    write: { kind: 'evict' },
    isAlreadySo: false,
  };
  const refused = { state: 'refused', detail: 'A recording cannot be changed.' };

  expect(await actuator.prepare(change, 0, signal)).toEqual({
    state: 'refused',
    because: 'A recording cannot be changed; on a live cluster this would be worked out now: cordon of Node node-3.',
  });
  expect(await actuator.rehearse(prepared, signal)).toEqual(refused);
  expect(await actuator.apply(Object.create(Permit.prototype) as Permit, prepared, signal)).toEqual(refused);
  expect(await actuator.look(prepared, signal)).toMatchObject({ state: 'unreadable' });
});
