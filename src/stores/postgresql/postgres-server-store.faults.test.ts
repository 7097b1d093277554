import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PageAnswer } from '../../ports/page-intake.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { created, note, opening } from '../incident-store.contract.ts';
import { job, workerOf } from '../job-queue.contract.ts';
import { killedProcessContract } from '../killed-process.contract.ts';
import { page } from '../page-intake.contract.ts';
import { openPostgresServerStore } from './postgres-server-store.ts';
import { needsPostgres, type PrivatePostgres, startPostgres } from './testing-postgres.ts';
import { type CuttingProxy, startProxy } from './testing-proxy.ts';

const moduleAddress = new URL('postgres-server-store.ts', import.meta.url).href;
const plenty = 1e6;

describe.skipIf(needsPostgres !== '')(`PostgreSQL with faults${needsPostgres}`, () => {
  let postgres: PrivatePostgres;
  let databases = 0;
  const open: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });
  afterAll(() => postgres.remove());

  const emptyDatabase = (): Promise<string> => {
    databases += 1;
    return postgres.createDatabase(`faults_${databases}`);
  };
  /** `troubles`: what the store told of while nobody asked. */
  const openedAt = async (address: string, patienceMilliseconds = 10_000): Promise<ServerStore & { readonly troubles: string[] }> => {
    const troubles: string[] = [];
    const outcome = await openPostgresServerStore(address, { patienceMilliseconds, tell: (trouble) => troubles.push(trouble) });
    if (outcome.state === 'failed') throw new Error(`${outcome.attempted}: ${outcome.happened}`);
    open.push(outcome.store.close);
    return { ...outcome.store, troubles };
  };
  const proxied = async (
    patienceMilliseconds?: number,
  ): Promise<{ readonly store: ServerStore; readonly proxy: CuttingProxy; readonly address: string }> => {
    const proxy = await startProxy(postgres.socket);
    const address = await emptyDatabase();
    const store = await openedAt(address.replace(/host=.*/, `host=${encodeURIComponent(proxy.folder)}`), patienceMilliseconds);
    open.push(proxy.close);
    return { store, proxy, address };
  };
  const accept = (store: ServerStore, id: string): Promise<PageAnswer | StoreFailure> => store.pages.accept(page(id), job(id), plenty);
  const expectWhole = async (store: ServerStore, waiting: number): Promise<void> => {
    expect(await store.pages.countWaiting()).toEqual({ state: 'counted', waiting });
    expect(await store.jobs.count('work-incident')).toEqual({ state: 'counted', waiting, taken: 0, failed: 0 });
  };

  killedProcessContract('in PostgreSQL', async () => {
    const address = await emptyDatabase();
    return {
      store: await openedAt(address),
      program: `
        const { openPostgresServerStore } = await import(${JSON.stringify(moduleAddress)});
        const outcome = await openPostgresServerStore(${JSON.stringify(address)}, { tell: (trouble) => { throw new Error(trouble); } });
        if (outcome.state === 'failed') throw new Error(JSON.stringify(outcome));
        const { store } = outcome;`,
      remove: () => Promise.resolve(),
    };
  });

  test('a database that is stopped is told as such, and is used again by the same store as soon as it runs', async () => {
    const store = await openedAt(await emptyDatabase());
    const id = await created(store.incidents);
    await accept(store, 'before');
    await postgres.stop();
    const failure = { state: 'failed', happened: expect.stringMatching(/cannot be reached|is starting or stopping/) };
    expect(await accept(store, 'meanwhile')).toMatchObject({
      ...failure,
      attempted: expect.stringContaining('accepting a page in PostgreSQL at'),
    });
    expect(await store.check()).toMatchObject(failure);
    expect(await store.jobs.take({ kinds: ['work-incident'], worker: 'a worker', now: 0, until: 1 })).toMatchObject(failure);
    expect(await store.incidents.append(id, 1, [note(1)])).toMatchObject(failure);

    await postgres.start();
    expect(await accept(store, 'after')).toEqual({ state: 'accepted', id: 'after' });
    expect(await store.incidents.append(id, 1, [note(1)])).toEqual({ state: 'appended', length: 2 });
    expect(await store.incidents.read(id)).toEqual({ state: 'read', events: [opening(), note(1)] });
    await expectWhole(store, 2);
    expect((await workerOf(store.jobs, () => Promise.resolve()).taken(Date.UTC(2027, 0))).key).toBe('before');
    expect(store.troubles.join('\n')).toContain('connection');
  });

  test('a database that crashes under a storm of pages loses none that was answered as accepted', async () => {
    const store = await openedAt(await emptyDatabase());
    const answers = [await accept(store, 'before')];
    let isOver = false;
    const senders = Array.from({ length: 8 }, async (_, sender) => {
      for (let number = 0; number < 10 || !isOver; number += 1) answers.push(await accept(store, `p-${sender}-${number}`));
    });
    await postgres.crash();
    isOver = true;
    await Promise.all(senders);
    answers.push(await accept(store, 'after'));
    const accepted = answers.flatMap((answer) => (answer.state === 'accepted' ? [answer.id] : []));
    expect(accepted).toEqual(expect.arrayContaining(['before', 'after']));
    for (const id of accepted) expect((await store.pages.read(id)).state).toBe('read');
    const pages = await store.pages.countWaiting();
    await expectWhole(store, pages.state === 'counted' ? pages.waiting : 0);
  });

  test('a connection that the server ends in the midst of a transaction costs nothing: the store does it again', async () => {
    const address = await emptyDatabase();
    const store = await openedAt(address);
    await accept(store, 'first');
    const administrator = new pg.Client({ connectionString: address });
    open.push(() => administrator.end());
    await administrator.connect();
    await administrator.query('begin');
    await administrator.query('lock table stanch.page in share mode');
    const second = accept(store, 'second');
    // Until the insertion waits for the lock; then its connection is ended.
    for (let ended = 0; ended === 0; ) {
      await administrator.query('select pg_sleep(0.01), pg_stat_clear_snapshot()');
      const { rowCount } = await administrator.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into stanch.page%'`,
      );
      ended = rowCount ?? 0;
    }
    await administrator.query('commit');
    expect(await second).toEqual({ state: 'accepted', id: 'second' });
    await expectWhole(store, 2);
  });

  test('a connection that is cut while it commits leaves all or nothing, and the sender may come again', async () => {
    const isCommit = (sent: string): boolean => sent.includes('commit\0');
    const { store, proxy } = await proxied();
    await accept(store, 'first');
    const unknown = { state: 'failed', happened: expect.stringContaining('before it told whether this is stored') };

    proxy.cutOnce(isCommit, 'before');
    expect(await accept(store, 'not stored')).toMatchObject(unknown);
    await expectWhole(store, 1);
    expect(await accept(store, 'not stored')).toEqual({ state: 'accepted', id: 'not stored' });

    proxy.cutOnce(isCommit, 'after');
    expect(await accept(store, 'stored')).toMatchObject(unknown);
    await expectWhole(store, 3);
    expect(await accept(store, 'stored')).toEqual({ state: 'known', id: 'stored' });
  });

  test('cut after any of its messages a transaction is done again, or leaves nothing by halves', async () => {
    const { store, proxy } = await proxied();
    const id = await created(store.incidents);
    await store.incidents.append(id, 1, [note(0)], [job('0')]);
    let length = 2;
    for (const how of ['before', 'after'] as const)
      for (let message = 1; message <= 8; message += 1) {
        let left = message;
        proxy.cutOnce(() => {
          left -= 1;
          return left === 0;
        }, how);
        const answer = await store.incidents.append(id, length, [note(message)], [job(`${how} ${message}`)]);
        const read = await store.incidents.read(id);
        const stored = read.state === 'read' ? read.events.length : 0;
        if (answer.state === 'appended') expect(stored).toBe(length + 1);
        else expect(answer).toMatchObject({ state: 'failed', happened: expect.stringContaining('wholly or not at all') });
        length = stored;
        expect(await store.jobs.count('work-incident')).toMatchObject({ waiting: stored - 1 });
      }
    expect(length).toBeGreaterThan(10);
  });

  test('a database that falls silent is given up in time, and used again when it speaks', async () => {
    const { store, proxy } = await proxied(2000);
    await accept(store, 'first');
    proxy.fallSilent();
    expect(await accept(store, 'second')).toMatchObject({ state: 'failed', happened: expect.stringContaining('cannot be reached') });
    proxy.recover();
    expect(await accept(store, 'second')).toEqual({ state: 'accepted', id: 'second' });
    await expectWhole(store, 2);
  });
});
