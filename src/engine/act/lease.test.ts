import { describe, expect, test } from 'vitest';
import type { ClusterRequest } from '../../ports/cluster-requests.ts';
import type { IncidentStore } from '../../ports/incident-store.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import { type Claim, fencedRequests, Lease } from './lease.ts';

interface Setting {
  /** The claim of one process; of another with another name. */
  readonly claimOf: (name: string) => Claim;
  readonly pass: (seconds: number) => void;
  /** From here on the store fails, or no more. */
  readonly breakStore: (isBroken: boolean) => void;
}

async function setting(): Promise<Setting> {
  let now = 0;
  let isBroken = false;
  const memory = serverStoreInMemory().open().incidents;
  const failure = { state: 'failed', attempted: 'claiming it', happened: 'the disk is gone', whatToDo: 'mount it' } as const;
  const store: IncidentStore = { ...memory, lease: (id, wish) => (isBroken ? Promise.resolve(failure) : memory.lease(id, wish)) };
  const created = await store.create({ kind: 'opened', at: 0, by: 'ada', cluster: 'test', source: {} });
  if (created.state === 'failed') throw new Error(created.happened);
  const { id } = created;
  return {
    claimOf: (name) => ({ id, holder: { name, process: name }, store, clock: { now: () => now }, termMilliseconds: 60_000 }),
    pass: (seconds) => void (now += seconds * 1000),
    breakStore: (is) => void (isBroken = is),
  };
}

async function take(claim: Claim): Promise<Lease> {
  const lease = await Lease.take(claim);
  if (!(lease instanceof Lease)) throw new Error(`It is ${lease.state}.`);
  return lease;
}

describe('the claim of a process on an incident', () => {
  test('is held as long as it is prolonged in time', async () => {
    const { claimOf, pass } = await setting();
    const lease = await take(claimOf('ada'));
    for (let count = 0; count < 5; count += 1) {
      pass(40);
      expect([lease.isHeld(), await lease.renew()]).toEqual([true, undefined]);
    }
    expect(await Lease.take(claimOf('bob'))).toMatchObject({ state: 'taken', by: 'ada' });
  });

  test('that came back too late is lost for good, and says who has it', async () => {
    const { claimOf, pass } = await setting();
    const lease = await take(claimOf('ada'));
    pass(61);
    const other = await take(claimOf('bob'));
    const lost = await lease.renew();
    await other.release();

    expect(lost?.happened).toMatch(/^bob has taken it over/);
    expect([await lease.renew(), lease.lost, lease.signal.aborted, lease.isHeld()]).toEqual([lost, lost, true, false]);
  });

  test('that nobody took over meanwhile is taken up again', async () => {
    const { claimOf, pass } = await setting();
    const lease = await take(claimOf('ada'));
    pass(3600);

    expect([lease.isHeld(), await lease.renew(), lease.isHeld()]).toEqual([false, undefined, true]);
  });

  test('outlives a store that fails for a moment, and no longer than it lasts', async () => {
    const { claimOf, pass, breakStore } = await setting();
    const lease = await take(claimOf('ada'));
    breakStore(true);
    pass(59);
    expect([await lease.renew(), lease.signal.aborted]).toEqual([undefined, false]);
    pass(1);
    expect([(await lease.renew())?.happened, lease.signal.aborted]).toEqual([
      'its claim could not be prolonged for longer than it lasts, so that another process may work it: the disk is gone',
      true,
    ]);
  });
});

test('nothing that changes the cluster leaves a process that has lost its claim, not even what it was about to send', async () => {
  const sent: string[] = [];
  const requests = {
    send: ({ method }: ClusterRequest) => {
      sent.push(method);
      return Promise.resolve({ state: 'answered', value: null } as const);
    },
    pause: () => Promise.resolve(),
  };
  let isHeld = true;
  const { send } = fencedRequests(requests, { isHeld: () => isHeld });
  const signal = new AbortController().signal;
  const states = async (): Promise<readonly string[]> =>
    Promise.all((['GET', 'PATCH', 'POST', 'DELETE'] as const).map(async (method) => (await send({ method, path: '/' }, signal)).state));

  expect(await states()).toEqual(['answered', 'answered', 'answered', 'answered']);
  isHeld = false;
  expect(await states()).toEqual(['answered', 'no-answer', 'no-answer', 'no-answer']);
  expect(sent).toEqual(['GET', 'PATCH', 'POST', 'DELETE', 'GET']);
});
