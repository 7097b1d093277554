import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needsPostgres, type PrivatePostgres, startPostgres } from '../../src/stores/postgresql/testing-postgres.ts';
import { startProxy } from '../../src/stores/postgresql/testing-proxy.ts';
import { type SmallDisk, smallDisk } from '../../src/stores/testing-small-disk.ts';
import { alertmanagerSecret, openScene, type ServerScene, workLeft } from './server-scene.ts';
import { type ServedProcess, until } from './served-process.ts';

const mebibyte = 1024 * 1024;
const probe = smallDisk(1);
probe?.remove();
const mayMount = probe !== undefined;

let scene: ServerScene;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  await scene.close();
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Told {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

async function tellOf(server: ServedProcess, number: number): Promise<Told> {
  const labels = { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: `worker-${number}-5ffc94c6d7-56png` };
  // What cannot be made smaller, so that it takes as much room as it is long.
  const alert = { status: 'firing', labels, startsAt: '2026-03-01T02:44:00Z', annotations: { text: randomBytes(10_000).toString('hex') } };
  const answer = await fetch(`${server.address}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alertmanagerSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'firing', alerts: [alert] }),
  });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), text: await answer.text() };
}

async function readiness(server: ServedProcess): Promise<readonly [status: number, text: string]> {
  const answer = await fetch(`${server.address}/readyz`);
  return [answer.status, await answer.text()];
}

/** Tells of one thing after the other until one is not taken. Answers with its number and what was said. */
async function tellUntilRefused(server: ServedProcess, from: number): Promise<{ readonly refused: number; readonly told: Told }> {
  for (let number = from; ; number += 1) {
    const told = await tellOf(server, number);
    if (told.status !== 202) return { refused: number, told };
  }
}

/** What holds while the database takes nothing: the sender is told to come again, operators are told why, and the process goes on. */
async function expectClearState(server: ServedProcess, told: Told, because: RegExp): Promise<void> {
  expect([told.status, told.retryAfter]).toEqual([503, '5']);
  expect(told.text).toMatch(because);
  await until('the server telling that it is not ready', 10, async () => {
    const seen = await readiness(server);
    return { isSo: seen[0] === 503, seen };
  });
  // Where the database is, is told to operators, and not to everybody.
  expect(server.warnings.filter((line) => line.includes('the server is not ready') && because.test(line))).not.toEqual([]);
  expect([(await fetch(`${server.address}/healthz`)).status, server.ending()]).toEqual([200, null]);
}

/** Nobody does anything about the server: it is ready again, takes what it refused, and has worked everything that it ever took. */
async function expectRecovered(server: ServedProcess, refused: number): Promise<void> {
  await until('the server being ready again', 40, async () => {
    const seen = await readiness(server);
    return { isSo: seen[0] === 200, seen };
  });
  expect((await tellOf(server, refused)).status).toBe(202);
  await until('all work being done', 60, async () => {
    const seen = await workLeft(server.address);
    return { isSo: seen !== undefined && Object.keys(seen).length === 0, seen };
  });
  const answer = await fetch(`${server.address}/api/v1/incidents?limit=500`, {
    headers: { authorization: `Bearer ${server.firstToken ?? ''}` },
  });
  const { incidents } = JSON.parse(await answer.text()) as { readonly incidents: readonly unknown[] };
  expect(incidents).toHaveLength(refused + 1);
  expect(await server.stop()).toBe(0);
}

describe.skipIf(!mayMount)(`a disk that is full${mayMount ? '' : ' (skipped: only root may mount one)'}`, () => {
  const madeDisk = (mebibytes: number): SmallDisk => {
    const disk = smallDisk(mebibytes);
    if (disk === undefined) throw new Error('No disk could be mounted.');
    closing.push(disk.remove);
    return disk;
  };

  test('under SQLite', async () => {
    const disk = madeDisk(3);
    const server = await scene.start({ database: `sqlite:${join(disk.folder, 'stanch.db')}`, flags: await scene.wayToCluster() });
    const { refused, told } = await tellUntilRefused(server, 0);
    expect(refused).toBeGreaterThan(10);
    await expectClearState(server, told, /there is no space left for .*stanch\.db/);
    disk.resize(64);
    await expectRecovered(server, refused);
  });

  test.skipIf(needsPostgres !== '')(`under PostgreSQL${needsPostgres}`, async () => {
    const disk = madeDisk(128);
    const postgres = await startPostgres(disk.folder);
    closing.push(postgres.remove);
    const server = await scene.start({ database: await postgres.createDatabase('disk_full'), flags: await scene.wayToCluster() });
    expect((await tellOf(server, 0)).status).toBe(202);
    const filler = join(disk.folder, 'filler');
    fill(filler);
    const { refused, told } = await tellUntilRefused(server, 1);
    await expectClearState(server, told, /there is no space left on the disk of PostgreSQL/);
    rmSync(filler);
    await expectRecovered(server, refused);
  });
});

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk = Buffer.alloc(mebibyte / 4); ; ) writeSync(file, chunk);
  } catch (problem) {
    if (!(problem instanceof Error && 'code' in problem && problem.code === 'ENOSPC')) throw problem;
  } finally {
    closeSync(file);
  }
}

describe.skipIf(needsPostgres !== '')(`PostgreSQL${needsPostgres}`, () => {
  let postgres: PrivatePostgres;
  beforeEach(async () => {
    postgres = await startPostgres();
    closing.push(postgres.remove);
  });

  test('that is stopped and started again', async () => {
    const server = await scene.start({ database: await postgres.createDatabase('restarted'), flags: await scene.wayToCluster() });
    expect((await tellOf(server, 0)).status).toBe(202);
    await postgres.stop();
    const told = await tellOf(server, 1);
    await expectClearState(server, told, /PostgreSQL at .* (cannot be reached|is starting or stopping)/);
    const asked = await fetch(`${server.address}/api/v1/incidents`, { headers: { authorization: `Bearer ${server.firstToken ?? ''}` } });
    expect([asked.status, await asked.text()]).toEqual([503, expect.stringContaining('A server that runs goes on by itself then')]);
    await postgres.start();
    await expectRecovered(server, 1);
  });

  test('to which the connection breaks in the midst of a transaction', async () => {
    const proxy = await startProxy(postgres.socket);
    closing.push(proxy.close);
    const address = (await postgres.createDatabase('cut')).replace(/host=.*/, `host=${encodeURIComponent(proxy.folder)}`);
    const server = await scene.start({ database: address, flags: await scene.wayToCluster() });
    for (const [number, how] of (['before', 'after'] as const).entries()) {
      let inserting: number | undefined;
      proxy.cutOnce((sent, connection) => {
        if (sent.includes('insert into stanch.page')) inserting = connection;
        return connection === inserting && sent.includes('commit\0');
      }, how);
      const told = await tellOf(server, number);
      expect([told.status, told.text]).toEqual([503, expect.stringContaining('it is stored wholly or not at all')]);
      expect((await tellOf(server, number)).status).toBe(202);
    }
    await expectRecovered(server, 2);
  });
});
