import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServerStore } from '../../src/ports/server-store.ts';
import { openPostgresServerStore } from '../../src/stores/postgresql/postgres-server-store.ts';
import { needsPostgres, type PrivatePostgres, startPostgres } from '../../src/stores/postgresql/testing-postgres.ts';
import { openSqliteServerStore } from '../../src/stores/sqlite/sqlite-server-store.ts';
import { followLeases } from './lease-log.ts';
import { alertmanagerSecret, openScene, type ServerScene, workLeft } from './server-scene.ts';
import { freePort, type ServedProcess, until } from './served-process.ts';
import { factsIn, groups, groupsThatFire, notificationsOf, notificationsOfGroup } from './storm-notifications.ts';
import { outcomeOf } from './storm-outcome.ts';
import { type Sent, sendStorm } from './storm-sender.ts';

const overMilliseconds = 10_000;
/** A process that was killed is known to be gone by then, and its work is done by another. */
const takenOverWithinMilliseconds = 15_000;
/** The program itself takes a third of it. Beyond it a container of half a gigabyte would be killed. */
const mostBytes = 400 * 1024 * 1024;
/** A limit against hanging, not a measurement: a busy machine takes several times as long. */
const hangsAfterSeconds = 240;
const killAfter = [100, 300, 500, 700, 900];

let scene: ServerScene;
let messages: ReturnType<typeof notificationsOf>[];
beforeEach(async () => {
  scene = await openScene();
  messages = Array.from({ length: groups }, (_, group) => notificationsOf(group, Date.now()));
});
afterEach(() => scene.close());

/** Everything that holds after a storm, whatever happened on the way. */
async function expectWhole(store: ServerStore, { pages }: Sent, kills: number): Promise<void> {
  const facts = factsIn(messages.flat());
  expect(pages.size).toBe(facts);
  const outcome = await outcomeOf(store, pages);
  expect(outcome.lost).toEqual([]);
  expect(outcome.twice).toEqual([]);
  expect([outcome.incidents.length, outcome.pagesTold, outcome.firing]).toEqual([groups, facts, groupsThatFire]);
  expect(outcome.worked).toEqual(['investigated: first, diagnosis; plans: cordon-node; told: 2']);
  // Nobody approved anything.
  expect(scene.cluster.writes).toEqual([]);
  const { told } = scene.peer;
  expect(told.size).toBe(2 * groups);
  // What a process had in hand when it was killed may have been told, and comes again under the same key: four at a time at most.
  expect([...told.values()].reduce((sum, times) => sum + times, 0)).toBeLessThanOrEqual(told.size + 4 * kills);
}

async function workedOff(server: ServedProcess): Promise<void> {
  await until('all work being done', hangsAfterSeconds, async () => {
    const seen = await workLeft(server.address);
    return { isSo: seen !== undefined && Object.keys(seen).length === 0, seen };
  });
}

test('1,000 webhooks in 10 s from 50 groups on SQLite, killed five times: no accepted page is lost, none is worked twice, memory is bounded', async () => {
  expect(messages.flat()).toHaveLength(1000);
  const database = `sqlite:${join(scene.folder, 'stanch.db')}`;
  const [flags, port] = [await scene.wayToCluster(), await freePort()];
  const peaks: number[] = [];
  let server = await scene.start({ database, flags, port });
  const { address } = server;
  let restarting = Promise.resolve();
  const restart = async (): Promise<void> => {
    peaks.push(server.peakBytes());
    await server.kill();
    server = await scene.start({ database, flags, port });
  };
  const sent = await sendStorm(messages, {
    addresses: () => [address],
    secret: alertmanagerSecret,
    overMilliseconds,
    accepted: (count) => {
      if (killAfter.includes(count)) restarting = restarting.then(restart);
    },
  });
  await restarting;
  await workedOff(server);
  peaks.push(server.peakBytes());
  const status = await server.stop();

  const opened = openSqliteServerStore(join(scene.folder, 'stanch.db'));
  if (opened.state === 'failed') throw new Error(opened.happened);
  await expectWhole(opened.store, sent, killAfter.length);
  await opened.store.close();
  expect([peaks.length, status, server.errors]).toEqual([killAfter.length + 1, 0, []]);
  expect(Math.max(...peaks)).toBeLessThan(mostBytes);
  tell('SQLite', sent, peaks);
});

describe.skipIf(needsPostgres !== '')(`three replicas on PostgreSQL${needsPostgres}`, () => {
  let postgres: PrivatePostgres;
  beforeEach(async () => {
    postgres = await startPostgres();
  });
  afterEach(() => postgres.remove());

  test('the same storm, one replica killed in the midst of its work and not restarted: the others have taken over within 15 s', async () => {
    const database = await postgres.createDatabase('storm');
    let isStuck = false;
    // The one that is to be killed has its hands full by then: its way to the cluster does not answer any more.
    const stuck = await scene.wayToCluster(() => (isStuck ? new Promise(() => undefined) : Promise.resolve(undefined)));
    const usual = await scene.wayToCluster();
    const victim = await scene.start({ database, flags: stuck });
    const leases = await followLeases(database);
    const others = [await scene.start({ database, flags: usual }), await scene.start({ database, flags: usual })];
    let living = [victim, ...others];
    let turn = 0;
    let killing = Promise.resolve<readonly string[]>([]);
    let killedAt = 0;
    const kill = async (): Promise<readonly string[]> => {
      const held = await until('the replica holding work', 10, async () => {
        const seen = await leases.heldBy(victim.processId);
        return { isSo: seen.length > 0, seen };
      });
      living = others;
      await victim.kill();
      killedAt = Date.now();
      // Incidents that came in there are looked at the same way by whoever works them next.
      isStuck = false;
      return held;
    };
    const peaks: number[] = [];
    const sent = await sendStorm(messages, {
      addresses: () => {
        turn += 1;
        return living.map((_, index) => living[(turn + index) % living.length]?.address ?? '');
      },
      secret: alertmanagerSecret,
      overMilliseconds,
      accepted: (count) => {
        if (count === 20) isStuck = true;
        if (count !== 500) return;
        peaks.push(victim.peakBytes());
        killing = kill();
      },
    });
    const held = await killing;
    const [one] = others;
    if (one === undefined) throw new Error('There is no other replica.');
    await workedOff(one);
    const takenOver = await leases.takenOver(held, victim.processId);
    peaks.push(...others.map((each) => each.peakBytes()));
    const statuses = await Promise.all(others.map((each) => each.stop()));
    await leases.close();

    const opened = await openPostgresServerStore(database, { tell: () => undefined });
    if (opened.state === 'failed') throw new Error(opened.happened);
    await expectWhole(opened.store, sent, 1);
    await opened.store.close();
    // On a busy machine a connection is waited for longer than it may be; that is told, and made good.
    const errors = others.flatMap((each) => each.errors).filter((line) => !line.includes('cannot be reached'));
    expect([takenOver.length, statuses, errors]).toEqual([held.length, [0, 0], []]);
    const silences = takenOver.map((at) => at - killedAt);
    expect(Math.max(...silences)).toBeLessThan(takenOverWithinMilliseconds);
    expect(Math.max(...peaks)).toBeLessThan(mostBytes);
    tell(`PostgreSQL; ${held.length} incidents taken over after at most ${Math.max(...silences)} ms`, sent, peaks);
  });
});

/** The figures, for whoever runs it. */
function tell(what: string, { tookMilliseconds, repeated }: Sent, peaks: readonly number[]): void {
  const [seconds, mebibytes] = [Math.round(tookMilliseconds / 1000), Math.round(Math.max(...peaks) / 1024 / 1024)];
  console.log(
    `${what}: ${groups * notificationsOfGroup} webhooks in ${seconds} s, ${repeated} sent again, at most ${mebibytes} MiB resident`,
  );
}
