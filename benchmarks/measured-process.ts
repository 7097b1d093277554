// One measurement in a process of its own: does one thing and prints what it took.
// Usage: measured-process.ts parse|project|investigate <server> [lists]      think <pods>
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRecord } from '../src/domain/shape.ts';

/** What one process took, from its start to its end. */
export interface Measured {
  readonly cpuMilliseconds: number;
  readonly wallMilliseconds: number;
  readonly peakMegabytes: number;
  /** What was read, or what came out: proof that the work was done. */
  readonly objects: number;
  readonly outcome?: string;
}

const [task = '', target = '', lists = '[]'] = process.argv.slice(2);
const objectsPerPage = 500;
const listsAtOnce = 4;

const done = await run();
const { user, system } = process.cpuUsage();
const measured: Measured = {
  cpuMilliseconds: Math.round((user + system) / 1000),
  wallMilliseconds: Math.round(performance.now()),
  peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  ...done,
};
process.stdout.write(`${JSON.stringify(measured)}\n`);

type Done = Pick<Measured, 'objects' | 'outcome'>;

async function run(): Promise<Done> {
  switch (task) {
    case 'parse':
      return parseOnly(target, JSON.parse(lists) as string[]);
    case 'project':
      return project(target, JSON.parse(lists) as string[]);
    case 'investigate':
      return investigateLive(target);
    case 'think':
      return think(Number(target));
    default:
      throw new Error(`unknown task ${task}`);
  }
}

/** What nobody can do without: ask for each page and parse it. Nothing is kept. */
async function parseOnly(server: string, paths: readonly string[]): Promise<Done> {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connections: listsAtOnce });
  const waiting = [...paths];
  let objects = 0;
  const readOne = async (path: string): Promise<void> => {
    for (let next: string | undefined = ''; next !== undefined; ) {
      const { body } = await request(`${server}${path}?limit=${objectsPerPage}${next === '' ? '' : `&continue=${next}`}`, { dispatcher });
      const page: unknown = await body.json();
      if (!isRecord(page) || !Array.isArray(page['items']) || !isRecord(page['metadata'])) throw new Error(`no list: ${path}`);
      objects += page['items'].length;
      next = typeof page['metadata']['continue'] === 'string' ? page['metadata']['continue'] : undefined;
    }
  };
  const worker = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) await readOne(path);
  };
  await Promise.all(Array.from({ length: listsAtOnce }, worker));
  await dispatcher.close();
  return { objects };
}

/** The same lists through our source, everything kept that rules may need. */
async function project(server: string, paths: readonly string[]): Promise<Done> {
  const { openCluster } = await import('../src/evidence-sources/kubernetes-api/open-cluster.ts');
  const { isResourceName } = await import('../src/recording-format/evidence-names.ts');
  const opened = openCluster({ kubeconfigPath: kubeconfigFor(server), environment: {}, clock: { now: () => Date.now() } });
  if (opened.state === 'failed') throw new Error(opened.happened);
  const { source } = opened;
  const names = paths.map((path) => path.replace(/^.*\//, '')).filter(isResourceName);
  const signal = AbortSignal.timeout(600_000);
  const readings = await Promise.all(
    [...new Set(names)].map((kind) => source.read({ kind, namespaces: [], from: 0, until: 0, why: 'benchmark' }, signal)),
  );
  await source.close();
  return { objects: readings.reduce((sum, reading) => sum + (reading.state === 'read' ? reading.value.length : 0), 0) };
}

/** The whole command, as a person would run it. */
async function investigateLive(server: string): Promise<Done> {
  const { composition } = await import('../src/compose/compose.ts');
  const options = { kubeconfig: kubeconfigFor(server), lookBackMilliseconds: 3_600_000, budgetSeconds: 600 };
  const result = await composition.runInvestigation(options, { announce: () => undefined }, new AbortController().signal);
  if (result.state === 'failed') throw new Error(result.happened);
  return { objects: result.investigation.cost.requests, outcome: said(result.investigation) };
}

/** Only the thinking: the evidence is in memory before the clock starts to matter. */
async function think(pods: number): Promise<Done> {
  const { investigateInMemory } = await import('./in-memory.ts');
  const { investigation, objects, cpuMilliseconds } = investigateInMemory(pods);
  return { objects, outcome: `${cpuMilliseconds} ms of thinking; ${said(investigation)}` };
}

function said(investigation: {
  readonly outcome: string;
  readonly hypotheses: readonly { readonly failureMode: string; readonly subject: { readonly name: string } }[];
}): string {
  const [first] = investigation.hypotheses;
  return first === undefined ? investigation.outcome : `${investigation.outcome}: ${first.failureMode} on ${first.subject.name}`;
}

function kubeconfigFor(server: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'stanch-benchmark-')), 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'benchmark',
    clusters: [{ name: 'synthetic', cluster: { server } }],
    users: [{ name: 'nobody', user: { token: 'none' } }],
    contexts: [{ name: 'benchmark', context: { cluster: 'synthetic', user: 'nobody' } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
