import pg from 'pg';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { isInTheWay, isLost, storeFailure, unknownFailure } from './postgres-failure.ts';

export type Row = { readonly [column: string]: unknown };

/** One connection, for a while. */
export interface Session {
  readonly rows: (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
}

/** A database, asked so that nothing is ever thrown. */
export interface OpenPostgres {
  /** Reads. */
  readonly asked: <Answer>(what: string, answer: (session: Session) => Promise<Answer>) => Promise<Answer | StoreFailure>;
  /**
   * Writes, in one transaction: wholly or not at all. `write` may be run again if the first time came to nothing. `before`: what
   * has to be there first, outside of the transaction. Absent: nothing.
   */
  readonly written: <Answer>(
    what: string,
    write: (session: Session) => Promise<Answer>,
    before?: () => Promise<void>,
  ) => Promise<Answer | StoreFailure>;
  readonly close: () => Promise<void>;
}

/** A first time, and two more where the database had stored nothing: a restart breaks each pooled connection only once. */
const mostAttempts = 3;

/** `place`: for messages. */
export function openPostgres(pool: pg.Pool, place: string): OpenPostgres {
  const tried = async <Answer>(what: string, work: () => Promise<Answer>): Promise<Answer | StoreFailure> => {
    const attempted = `${what} in ${place}`;
    for (let attempt = 1; ; attempt += 1) {
      if (pool.ending) return { state: 'failed', attempted, happened: 'the store is closed', whatToDo: 'Open it again' };
      try {
        return await work();
      } catch (problem) {
        if (problem instanceof UnknownOutcome) return unknownFailure(attempted, place);
        const cause = problem instanceof Interrupted ? problem.cause : problem;
        const canHelp = problem instanceof Interrupted || isInTheWay(problem);
        if (!canHelp || attempt === mostAttempts) return storeFailure(attempted, place, cause);
      }
    }
  };
  return {
    asked: (what, answer) => tried(what, () => onConnection(pool, (client) => answer(sessionOf(client)))),
    written: (what, write, before) =>
      tried(what, async () => {
        if (before !== undefined) await interruptible(before);
        return onConnection(pool, (client) => inTransaction(client, write));
      }),
    close: async () => {
      if (!pool.ending) await pool.end();
    },
  };
}

/** A connection that had been there was lost, and nothing is stored: on another one it may work. */
class Interrupted extends Error {}
/** The connection was lost while the database committed. */
class UnknownOutcome extends Error {}

async function onConnection<Answer>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Answer>): Promise<Answer> {
  const client = await pool.connect();
  let isUsable = false;
  try {
    const answer = await interruptible(() => work(client));
    isUsable = true;
    return answer;
  } catch (problem) {
    isUsable = !(problem instanceof UnknownOutcome || problem instanceof Interrupted);
    throw problem;
  } finally {
    client.release(!isUsable);
  }
}

async function interruptible<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (problem) {
    throw isLost(problem) ? new Interrupted('the connection was lost', { cause: problem }) : problem;
  }
}

/** What is answered as stored has to be on the disk, also where the server is set to be quicker than that. */
const begin = `begin; select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'`;

async function inTransaction<Answer>(client: pg.PoolClient, work: (session: Session) => Promise<Answer>): Promise<Answer> {
  await client.query(begin);
  let answer: Answer;
  try {
    answer = await work(sessionOf(client));
  } catch (problem) {
    if (!isLost(problem)) await client.query('rollback');
    throw problem;
  }
  try {
    await client.query('commit');
  } catch (problem) {
    throw isLost(problem) ? new UnknownOutcome('the connection was lost', { cause: problem }) : problem;
  }
  return answer;
}

function sessionOf(client: pg.PoolClient): Session {
  return {
    rows: async (text, values = []) => {
      const { rows } = await client.query<Row>(text, [...values]);
      return rows;
    },
  };
}

export interface PoolSettings {
  readonly url: string;
  readonly mostConnections: number;
  /** After so long without an answer a connection is given up: the other end may be gone without a word. */
  readonly patienceMilliseconds: number;
  /** Told of trouble that nobody waits for an answer to. */
  readonly tell: (trouble: string) => void;
}

export function openPool({ url, mostConnections, patienceMilliseconds, tell }: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: mostConnections,
    application_name: 'stanch',
    connectionTimeoutMillis: Math.min(5000, patienceMilliseconds),
    query_timeout: patienceMilliseconds,
    statement_timeout: patienceMilliseconds,
    // Of a replica that vanished in the midst of a transaction: its locks must not outlive the term of its jobs.
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  const lost = (problem: Error): void => tell(`a connection to PostgreSQL was lost: ${problem.message}`);
  pool.on('error', lost);
  // A connection may break while it is in use and nothing is under way on it; unheard, that would end the program.
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/** Where it is, as pg reads the address and the environment; without user and password. */
export function placeOf(url: string): string {
  try {
    const { host, port, database } = new pg.Client({ connectionString: url });
    return `PostgreSQL at ${host.startsWith('/') ? host : `${host}:${port}`}, database ${database ?? 'of the user’s name'}`;
  } catch {
    return 'PostgreSQL at an address that cannot be read';
  }
}

/**
 * As PostgreSQL can keep it in a column of text: it refuses the character zero, and halves of pairs are no UTF-8. Only what
 * is looked up by, or shown in lists, is kept so; events and pages are kept as JSON, which can hold them.
 */
export function columnText(text: string): string {
  return text.replaceAll('\u0000', '\u2400').toWellFormed();
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`the column ${column} holds no text`);
  return value;
}
