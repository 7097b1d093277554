import { PgBoss } from 'pg-boss';
import type { ServerStore } from '../../ports/server-store.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { accessInPostgres } from './access-in-postgres.ts';
import { incidentsInPostgres } from './incidents-in-postgres.ts';
import { indexJobs, jobTable } from './job-table.ts';
import { jobsInPostgres } from './jobs-in-postgres.ts';
import { type OpenPostgres, openPool, openPostgres, placeOf, type PoolSettings } from './open-postgres.ts';
import { pagesInPostgres } from './pages-in-postgres.ts';
import { migrate, migrations } from './postgres-schema.ts';

export type OpenedServerStore = { readonly state: 'opened'; readonly store: ServerStore } | StoreFailure;

export interface PostgresSettings {
  /** Told, in one line, of trouble that nobody waits for an answer to, such as a connection that broke while it was idle. */
  readonly tell: (trouble: string) => void;
  /** How long an answer of the database is waited for. A transaction takes milliseconds. Absent: 30 s. */
  readonly patienceMilliseconds?: number;
}

const usualPatienceMilliseconds = 30_000;
/** One replica does not need more: a transaction takes milliseconds. */
const mostConnections = 8;
/** Apart from ours, so that neither waits for the other while it holds a connection. */
const mostConnectionsForJobs = 2;

/** Opens the database, and makes the schema "stanch" in it or brings it forward. Several replicas may do so at once. Never throws. */
export async function openPostgresServerStore(
  url: string,
  { tell, patienceMilliseconds = usualPatienceMilliseconds }: PostgresSettings,
): Promise<OpenedServerStore> {
  const place = placeOf(url);
  const settings = { url, tell, patienceMilliseconds };
  const open = openPostgres(openPool({ ...settings, mostConnections }), place);
  const jobs = jobsOf({ ...settings, mostConnections: mostConnectionsForJobs });
  const close = async (): Promise<void> => {
    await jobs.stop();
    await open.close();
  };
  const failure = await prepare(open, jobs.start, place);
  if (failure !== undefined) {
    await close();
    return failure;
  }
  return { state: 'opened', store: serverStoreOn(open, { boss: jobs.boss, close }) };
}

function serverStoreOn(open: OpenPostgres, { boss, close }: { readonly boss: PgBoss; readonly close: () => Promise<void> }): ServerStore {
  const table = jobTable(boss);
  return {
    incidents: { ...incidentsInPostgres(open, table), close },
    pages: pagesInPostgres(open, table),
    jobs: jobsInPostgres(open, { boss, table }),
    access: accessInPostgres(open),
    check: () =>
      open.asked('asking for the schema', async (session) => {
        await session.rows('select version from stanch.schema_version');
        return { state: 'ready' };
      }),
    close,
  };
}

interface Jobs {
  readonly boss: PgBoss;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

function jobsOf(settings: PoolSettings): Jobs {
  const { tell } = settings;
  const pool = openPool(settings);
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema: 'stanch',
    createSchema: false,
    // It keeps no times of its own for us: a reminder is a job with a time.
    schedule: false,
  });
  boss.on('error', (problem) => tell(`looking after the jobs failed: ${problem.message}`));
  boss.on('warning', ({ message }) => tell(message));
  let isStopped = false;
  return {
    boss,
    start: async () => {
      await boss.start();
    },
    stop: async () => {
      if (isStopped) return;
      isStopped = true;
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
}

/** First our tables, then those of pg-boss, which lock themselves against other replicas that start. Undefined: all is there. */
async function prepare(open: OpenPostgres, start: () => Promise<void>, place: string): Promise<StoreFailure | undefined> {
  const what = 'preparing the schema "stanch"';
  const migrated = await open.written(what, (session) => migrate(session, migrations));
  if (migrated.state === 'failed') return migrated;
  const attempted = `${what} in ${place}`;
  if (migrated.state === 'foreign') return foreign(attempted);
  if (migrated.state === 'newer') return newer(attempted, migrated.version);
  return (await open.asked(what, start)) ?? (await open.written(what, indexJobs)) ?? undefined;
}

function foreign(attempted: string): StoreFailure {
  return {
    state: 'failed',
    attempted,
    happened: 'there is a schema "stanch" of another program, and it was left as it is',
    whatToDo: 'Name another database with --database',
  };
}

function newer(attempted: string, version: number): StoreFailure {
  return {
    state: 'failed',
    attempted,
    happened: `a newer stanch wrote it (schema ${version}; this one knows ${migrations.length}), and it was left as it is`,
    whatToDo: 'Use the newer stanch, or name another database with --database',
  };
}
