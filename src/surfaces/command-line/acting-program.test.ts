import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Incident, incidentOf } from '../../domain/incident.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import { TestCluster } from '../../engine/act/testing-cluster.ts';
import { type Incoming, serveCluster } from './testing-served-cluster.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stanch-acting-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Both replicas on node-3 crash, those elsewhere are well. */
function badNight(): TestCluster {
  const replicas = ['node-1', 'node-2', 'node-3', 'node-3'].map((node) => [node, 'old'] as const);
  return new TestCluster({ replicas, badNode: 'node-3', beginsAt: Date.now() });
}

type Child = ReturnType<typeof spawn>;

interface Ended {
  readonly status: number | null;
  readonly errors: string;
  readonly cluster: TestCluster;
  readonly id: string;
  readonly incident: Incident;
  /** How many incidents somebody works, as far as the store knows. */
  readonly leases: number;
}

/** The real program works a bad night, and something happens to it at the first write to the cluster, while that waits for its answer. */
async function atFirstWrite(happens: (child: Child, database: string) => Promise<unknown>): Promise<Ended> {
  const cluster = badNight();
  const database = join(mkdtempSync(join(folder, 'night-')), 'stanch.db');
  const started = Promise.withResolvers<Child>();
  let writes = 0;
  const before = async ({ isWrite }: Incoming): Promise<undefined> => {
    writes += isWrite ? 1 : 0;
    if (isWrite && writes === 1) await happens(await started.promise, database);
  };
  const served = await serveCluster(cluster, { folder, before });
  const given = ['mitigate', '--kubeconfig', served.kubeconfigPath, '--approve', 'cordon-node', '--database', `sqlite:${database}`];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...given], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder },
    cwd: folder,
  });
  started.resolve(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  child.stdout.resume();
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  await served.close();
  return { status, errors, cluster, ...readStore(database) };
}

function readStore(path: string): Pick<Ended, 'id' | 'incident' | 'leases'> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare('select incident, event from incident_event order by sequence').all();
    const incident = incidentOf(rows.map(({ event }): IncidentEvent => JSON.parse(String(event))));
    if (incident === undefined) throw new Error('No incident was kept.');
    return { id: String(rows[0]?.['incident']), incident, leases: database.prepare('select 1 from lease').all().length };
  } finally {
    database.close();
  }
}

/** What of the record is not in order. Empty: every beginning has its end, it is that of the cluster, and not all was begun. */
function disorder({ incident, leases, cluster }: Ended): readonly string[] {
  const done = incident.attempts.flatMap((attempt) => attempt.done);
  const begun = done.filter((each) => each.begun > 0);
  return [
    ...begun.filter(({ result }) => result?.state !== 'done').map(({ result }) => `it was begun, and ended: ${result?.state ?? 'unknown'}`),
    ...(begun.length === cluster.writes.length ? [] : [`${begun.length} are told to be done, and were: ${cluster.writes.join('; ')}`]),
    ...(begun.length === 0 || begun.length === done.length ? [`${begun.length} of ${done.length} were begun`] : []),
    ...(leases === 0 ? [] : ['the incident is still claimed']),
  ];
}

test('another process takes the incident over: this one begins nothing more, and says who has it', async () => {
  const ended = await atFirstWrite((_child, path) => {
    const database = new DatabaseSync(path);
    database.prepare('update lease set holder = ?, process = ?, until = ?').run('bob@desk, process 12', 'another', Date.now() + 60_000);
    database.close();
    return Promise.resolve();
  });

  expect([ended.status, ended.errors.split(', because')[0], disorder(ended)]).toEqual([
    3,
    `stanch: working incident ${ended.id}: bob@desk, process 12 has taken it over`,
    ['the incident is still claimed'],
  ]);
}, 60_000);

describe('who watches goes away while a change is made: it ends, it is recorded, and the rest is not begun', () => {
  test('the terminal is closed', async () => {
    // The kernel tells the program, and the shell does once more.
    const ended = await atFirstWrite((child) => Promise.resolve([child.kill('SIGHUP'), child.kill('SIGHUP')]));

    expect([ended.status, ended.errors, disorder(ended)]).toEqual([2, '', []]);
  }, 60_000);

  test('the reader of the output ends', async () => {
    const ended = await atFirstWrite((child) => new Promise((resolve) => child.stdout?.destroy().once('close', resolve)));

    expect([ended.status, ended.errors, disorder(ended)]).toEqual([141, '', []]);
  }, 60_000);
});
