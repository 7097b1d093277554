import { afterEach, describe, expect, test } from 'vitest';
import type { ServerStore } from '../ports/server-store.ts';
import { accessStoreContract } from './access-store.contract.ts';
import { appendAsOfContract } from './append-as-of.contract.ts';
import { endedProcessContract, incidentStoreContract } from './incident-store.contract.ts';
import { jobQueueContract } from './job-queue.contract.ts';
import { pageIntakeContract } from './page-intake.contract.ts';
import type { Pair, SharedServer } from './shared-server.contract.ts';

export interface StoreUnderTest {
  readonly share: () => Promise<SharedServer>;
  /** Whether a process can be known to have ended. If so, those whose mark begins with "ended" have. */
  readonly seesProcesses: boolean;
}

/** What every store of a server does. */
export function serverStoreContract(name: string, { share, seesProcesses }: StoreUnderTest): void {
  describe(`a server's store ${name}`, () => {
    const shared: SharedServer[] = [];
    const opened: ServerStore[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      for (const each of shared.splice(0)) await each.remove();
    });
    const pair = async (): Promise<Pair> => {
      const made = await share();
      shared.push(made);
      const [one, other] = [await made.open(), await made.open()];
      opened.push(one, other);
      return { one, other, setTime: made.setTime };
    };
    incidentStoreContract(pair);
    appendAsOfContract(pair);
    if (seesProcesses) endedProcessContract(pair);
    jobQueueContract(pair);
    pageIntakeContract(pair);
    accessStoreContract(pair);

    test('it is ready while it is open, and says so when it is closed', async () => {
      const { one, other } = await pair();
      expect(await one.check()).toEqual({ state: 'ready' });
      await one.close();
      await one.close();
      const closed = { state: 'failed', happened: 'the store is closed' };
      expect(await one.check()).toMatchObject(closed);
      expect(await one.jobs.enqueue([])).toMatchObject(closed);
      expect(await one.pages.countWaiting()).toMatchObject(closed);
      expect(await one.access.listTokens()).toMatchObject(closed);
      expect(await one.incidents.list({ limit: 1, which: 'all' })).toMatchObject(closed);
      expect(await other.check()).toEqual({ state: 'ready' });
    });
  });
}
