import { isRecord } from '../../domain/shape.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';

type Words = readonly [happened: string, whatToDo: string];

/** The store does not know who asks. */
const goesOn = 'A server that runs goes on by itself then; a command has to be given again';

/** By SQLSTATE, or its class of two characters (postgresql.org/docs/current/errcodes-appendix.html). */
const outcomes: { readonly [code: string]: (place: string, said: string) => Words } = {
  '08': lost,
  '57P01': restarting,
  '57P02': restarting,
  '57P03': restarting,
  '53100': (place) => [`there is no space left on the disk of ${place}`, `Make room there; what was stored before is kept. ${goesOn}`],
  '53300': (place) => [`${place} has no connection left`, `Raise max_connections, or run fewer programs on it. ${goesOn}`],
  '28': (place, said) => [`${place} did not let us in (${said})`, 'Check user and password of --database, and pg_hba.conf'],
  '3D000': (place) => [`there is no such database: ${place}`, 'Create it (createdb), or name another one with --database'],
  '42501': (place, said) => [
    `${place} does not permit it (${said})`,
    'Let the user of --database create a schema (grant create on database), or create the schema "stanch" for it',
  ],
  '25006': (place) => [`${place} can only be read: it is a standby`, 'Name the primary with --database'],
  '57014': (place) => [`${place} took too long`, `Look at its load and at pg_stat_activity. ${goesOn}`],
  '55P03': (place) => [`something on ${place} stayed locked for too long`, `Look at pg_locks. ${goesOn}`],
  '40': (place) => [`other writers on ${place} were in the way`, `Nothing was stored. ${goesOn}`],
};

/** Codes of the operating system for a peer that is not there, or no longer. */
const networkCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/** What pg and its pool say without any code. */
const lostWords =
  /connection terminated|connection error|connection ended|timeout exceeded when trying to connect|query read timeout|client was closed/i;

/** The database did not refuse: it, or the way to it, was away. */
export function isLost(problem: unknown): boolean {
  const code = codeOf(problem);
  if (typeof code !== 'string') return lostWords.test(wordsOf(problem));
  // 25P03: the session was ended because its transaction had been left alone for too long.
  return networkCodes.has(code) || code.startsWith('08') || /^(57P0[1-3]|25P03)$/.test(code);
}

/** Two writers waited for each other, and the database let one of them go: nothing of it is stored. */
export function isInTheWay(problem: unknown): boolean {
  const code = codeOf(problem);
  return code === '40001' || code === '40P01';
}

/** What PostgreSQL, or the way to it, said, in words that help. `place`: for messages, without the password. */
export function storeFailure(attempted: string, place: string, problem: unknown): StoreFailure {
  const [happened, whatToDo] = describe(place, problem);
  return { state: 'failed', attempted, happened, whatToDo };
}

/** The connection broke between "commit" and its answer. */
export function unknownFailure(attempted: string, place: string): StoreFailure {
  return {
    state: 'failed',
    attempted,
    happened: `the connection to ${place} broke before it told whether this is stored; it is stored wholly or not at all`,
    whatToDo: 'Read again before it is tried again',
  };
}

function describe(place: string, problem: unknown): Words {
  const code = codeOf(problem);
  const said = wordsOf(problem);
  const known = typeof code === 'string' ? (outcomes[code] ?? outcomes[code.slice(0, 2)]) : undefined;
  if (known !== undefined) return known(place, said);
  if (isLost(problem)) return lost(place, said);
  return [`PostgreSQL refused it (${said}${typeof code === 'string' ? `, code ${code}` : ''})`, `Look at ${place} and its log`];
}

function lost(place: string, said: string): Words {
  return [`${place} cannot be reached (${said})`, `Start it, or check the address in --database. ${goesOn}`];
}

function restarting(place: string): Words {
  return [`${place} is starting or stopping`, `Wait until it is back. ${goesOn}`];
}

function codeOf(problem: unknown): unknown {
  return isRecord(problem) ? problem['code'] : undefined;
}

function wordsOf(problem: unknown): string {
  // A host with several addresses that are all refused is told as several problems without words of their own.
  const first = problem instanceof AggregateError && problem.message === '' ? problem.errors[0] : problem;
  return (first instanceof Error ? first.message : String(first)).replace(/\s+/g, ' ').slice(0, 300);
}
