import { expect, test } from 'vitest';
import type { IncidentStore } from '../ports/incident-store.ts';
import { created, note, opening } from './incident-store.contract.ts';
import type { Pair } from './shared-server.contract.ts';

/** What is decided by all incidents together is stored only while none of them has changed. */
export function appendAsOfContract(pair: () => Promise<Pair>): void {
  const stores = async (): Promise<readonly [IncidentStore, IncidentStore]> => {
    const { one, other } = await pair();
    return [one.incidents, other.incidents];
  };

  test('of two who decided by all incidents together one is stored, and the other is told and writes nothing', async () => {
    const [one, other] = await stores();
    const ids = [await created(one), await created(one)] as const;
    const revision = await revisionOf(one);
    expect(await revisionOf(other)).toBe(revision);
    const answers = await Promise.all([
      one.appendAsOf(ids[0], { expectedLength: 1, revision }, [note(1)]),
      other.appendAsOf(ids[1], { expectedLength: 1, revision }, [note(2)]),
    ]);
    expect(answers).toContainEqual({ state: 'appended', length: 2 });
    expect(answers).toContainEqual({ state: 'outdated' });
    const untouched = answers[0].state === 'outdated' ? ids[0] : ids[1];
    expect(await one.read(untouched)).toEqual({ state: 'read', events: [opening()] });
    expect(await other.appendAsOf(untouched, { expectedLength: 1, revision: await revisionOf(other) }, [note(3)])).toEqual({
      state: 'appended',
      length: 2,
    });
  });

  test('what it causes is stored with it, or not at all', async () => {
    const { one } = await pair();
    const id = await created(one.incidents);
    const job = { kind: 'deliver', key: 'told', payload: null, runAt: 0, mostTries: 1 } as const;
    const waiting = async () => one.jobs.count('deliver');
    expect(await one.incidents.appendAsOf(id, { expectedLength: 1, revision: -1 }, [note(1)], [job])).toEqual({ state: 'outdated' });
    expect(await waiting()).toMatchObject({ waiting: 0 });
    const revision = await revisionOf(one.incidents);
    expect(await one.incidents.appendAsOf(id, { expectedLength: 1, revision }, [note(1)], [job])).toEqual({ state: 'appended', length: 2 });
    expect(await waiting()).toMatchObject({ waiting: 1 });
  });

  test('an incident that is opened outdates what was decided by those that there were', async () => {
    const [one, other] = await stores();
    const id = await created(one);
    const revision = await revisionOf(one);
    await created(other);
    expect(await one.appendAsOf(id, { expectedLength: 1, revision }, [note(1)])).toEqual({ state: 'outdated' });
    expect(await one.appendAsOf(id, { expectedLength: 2, revision: await revisionOf(one) }, [note(1)])).toEqual({
      state: 'conflict',
      length: 1,
    });
  });
}

async function revisionOf(store: IncidentStore): Promise<number> {
  const listed = await store.list({ limit: 1, which: 'open' });
  if (listed.state === 'failed') throw new Error(`${listed.attempted}: ${listed.happened}`);
  return listed.revision;
}
