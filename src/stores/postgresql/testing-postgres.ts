import { execFile, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { ServerStore } from '../../ports/server-store.ts';
import { openPostgresServerStore } from './postgres-server-store.ts';

const run = promisify(execFile);

/** A PostgreSQL of our own, in a temporary folder and reached by a socket in it only. For tests. */
export interface PrivatePostgres {
  /** Makes a database, empty or as the template is, and answers with its address. */
  readonly createDatabase: (name: string, template?: string) => Promise<string>;
  /** The socket, for a proxy. */
  readonly socket: string;
  /** As if the power had failed, and come back. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Stops it and removes it with everything in it. */
  readonly remove: () => void;
}

/** The folder with the programs of the newest installed PostgreSQL. Undefined: there is none. */
export function postgresPrograms(): string | undefined {
  const packaged = '/usr/lib/postgresql';
  const versions = existsSync(packaged) ? readdirSync(packaged).toSorted((one, other) => Number(other) - Number(one)) : [];
  const folders = [...versions.map((version) => join(packaged, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((folder) => ['initdb', 'pg_ctl', 'postgres'].every((program) => existsSync(join(folder, program))));
}

/** Why suites are skipped, in their names. */
export const needsPostgres = postgresPrograms() === undefined ? ' (skipped: no PostgreSQL here; sh tools/install-postgresql.sh)' : '';

/** `within`: the folder that it is put into. Absent: that for temporary files. */
export async function startPostgres(within = tmpdir()): Promise<PrivatePostgres> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('there is no PostgreSQL on this machine');
  const folder = mkdtempSync(join(within, 'stanch-postgres-'));
  const user = otherUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const call = (program: string, ...words: readonly string[]): Promise<unknown> =>
    run(join(programs, program), [...words], { cwd: folder, ...user });
  await call('initdb', '-D', data, '-U', 'stanch', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C');
  // Crashes here are crashes of the program, not of the machine: what it wrote is there without waiting for the disk.
  const settings = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off -c full_page_writes=off -c shared_buffers=32MB`;
  const start = async (): Promise<void> => {
    await call('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start');
  };
  const stop = async (mode: 'fast' | 'immediate'): Promise<void> => {
    await call('pg_ctl', '-D', data, '-w', '-m', mode, 'stop');
  };
  await start();
  return {
    socket: join(folder, '.s.PGSQL.5432'),
    createDatabase: async (name, template = 'template1') => {
      await administer(addressOf(folder, 'postgres'), `create database ${name} template ${template}`);
      return addressOf(folder, name);
    },
    start,
    stop: () => stop('fast'),
    crash: async () => {
      await stop('immediate');
      await start();
    },
    remove: () => {
      spawnSync(join(programs, 'pg_ctl'), ['-D', data, '-w', '-m', 'immediate', 'stop'], { cwd: folder, ...user });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function addressOf(folder: string, database: string): string {
  return `postgres://stanch@/${database}?host=${encodeURIComponent(folder)}`;
}

/** PostgreSQL refuses to be run by root. Undefined: this process is not root's. */
function otherUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const [, , uid, gid] = (lines.find((line) => /^(postgres|nobody):/.test(line)) ?? '').split(':');
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

export async function administer(address: string, ...statements: readonly string[]): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    const answers: unknown[] = [];
    for (const statement of statements) answers.push(...(await client.query<Record<string, unknown>>(statement)).rows);
    return answers;
  } finally {
    await client.end();
  }
}

export async function openedAt(address: string): Promise<ServerStore> {
  const opened = await openPostgresServerStore(address, { tell: fail });
  if (opened.state === 'failed') throw new Error(`${opened.attempted}: ${opened.happened}`);
  return opened.store;
}

function fail(trouble: string): void {
  throw new Error(trouble);
}
