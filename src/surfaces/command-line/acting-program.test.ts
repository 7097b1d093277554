import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Incident, incidentOf } from '../../domain/incident.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import { TestCluster } from '../../engine/act/testing-cluster.ts';
import { type Incoming, type ServedCluster, serveCluster } from './testing-served-cluster.ts';

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
  const ended = await mitigate({ served, database, given: ['--approve', 'cordon-node'], started: started.resolve });
  await served.close();
  return { ...ended, cluster, ...readStore(database) };
}

interface Mitigating {
  readonly served: ServedCluster;
  readonly database: string;
  readonly given: readonly string[];
  readonly started?: (child: Child) => void;
}

async function mitigate({ served, database, given, started }: Mitigating) {
  const vector = ['mitigate', '--kubeconfig', served.kubeconfigPath, '--database', `sqlite:${database}`, ...given];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...vector], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder },
    cwd: folder,
  });
  started?.(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  child.stdout.resume();
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, errors };
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

test('a plan that is blocked in the store is carried out by no flag, no policy and no approval in the store', async () => {
  const cluster = badNight();
  const database = join(mkdtempSync(join(folder, 'blocked-')), 'stanch.db');
  const policy = join(folder, 'everything.yaml');
  writeFileSync(policy, everythingRuns);
  const served = await serveCluster(cluster, { folder, before: () => Promise.resolve(undefined) });
  await mitigate({ served, database, given: [] });
  const { id, incident } = readStore(database);
  expect(incident.attempts.map(({ plan, declined }) => [plan.id, declined])).toEqual([['cordon-node', undefined]]);
  blockInStore(database);

  const given = ['--incident', id, '--approve', 'cordon-node', '--policy', policy];
  const { status } = await mitigate({ served, database, given });
  await served.close();

  expect([status, cluster.writes]).toEqual([1, []]);
  expect(readStore(database).incident.attempts[0]).toMatchObject({
    approval: { by: 'mallory' },
    declined: { because: 'A precondition does not hold.' },
  });
}, 60_000);

const everythingRuns = `schema: stanch.dev/policy/v1
rules:
  - name: everything runs
    mitigations: [cordon-node, roll-back-workload]
    namespaces: any
    attempts: { most: 9, withinMinutes: 60 }
`;

/** What nobody can do through the product: a precondition of the chosen plan fails from now on, and it is approved all the same. */
function blockInStore(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('drop trigger incident_event_is_never_changed');
  database.exec(
    `update incident_event set event = json_set(event, '$.plan.preconditions[0].holds', 'no') where event ->> 'kind' = 'plan-chosen'`,
  );
  const approved = {
    kind: 'approved',
    attempt: 1,
    approval: { by: 'mallory', how: 'human', at: Date.now() },
    at: Date.now(),
    by: 'mallory',
  };
  database
    .prepare('insert into incident_event (incident, sequence, event) select incident, max(sequence) + 1, ? from incident_event')
    .run(JSON.stringify(approved));
  database.exec('update incident set length = length + 1');
  database.close();
}
