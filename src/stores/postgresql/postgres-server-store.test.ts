import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Instant } from '../../domain/instant.ts';
import { serverStoreContract } from '../server-store.contract.ts';
import type { SharedServer } from '../shared-server.contract.ts';
import { administer, needsPostgres, openedAt, type PrivatePostgres, startPostgres } from './testing-postgres.ts';

describe.skipIf(needsPostgres !== '')(`PostgreSQL${needsPostgres}`, () => {
  let postgres: PrivatePostgres;
  let share: () => Promise<SharedServer>;
  beforeAll(async () => {
    postgres = await startPostgres();
    share = await serversOn(postgres);
  });
  afterAll(() => postgres.remove());

  serverStoreContract('in PostgreSQL', { seesProcesses: false, share: () => share() });
});

/** One database with a clock that tests set, emptied after each of them. */
async function serversOn(postgres: PrivatePostgres): Promise<() => Promise<SharedServer>> {
  const address = await postgres.createDatabase('servers');
  await (await openedAt(address)).close();
  await administer(
    address,
    'create table stanch.time_of_tests as select pg_catalog.now() as at',
    `create or replace function stanch.job_now() returns timestamptz language sql stable as 'select at from stanch.time_of_tests'`,
  );
  const tables = ['incident_event', 'lease', 'incident', 'page', 'access_token', 'access_session', 'audit', 'job', 'queue'];
  return () => {
    const clock = new pg.Pool({ connectionString: address, max: 1 });
    return Promise.resolve({
      open: () => openedAt(address),
      setTime: async (now: Instant) => {
        await clock.query("update stanch.time_of_tests set at = timestamptz 'epoch' + $1 * interval '1 millisecond'", [now]);
      },
      remove: async () => {
        await clock.end();
        // A replica's session is not held back by the triggers that keep events for ever.
        await administer(address, 'set session_replication_role = replica', ...tables.map((table) => `delete from stanch.${table}`));
      },
    });
  };
}
