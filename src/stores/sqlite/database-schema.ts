import type { DatabaseSync } from 'node:sqlite';

/** "Stch": tells our files from those of other programs. Stands in the header of the file. */
const applicationId = 0x53_74_63_68;

/**
 * What makes each version from the one before it; the first from an empty file. One that was released is never edited:
 * a change of the schema is one more at the end.
 */
export const migrations: readonly [string, ...string[]] = [
  `
  create table incident (
    id text primary key,
    opened_at integer not null,
    cluster text not null,
    alert text,
    length integer not null,
    last_event_at integer not null,
    is_closed integer not null
  ) strict;
  create index incident_by_opening on incident (opened_at, id);
  create table incident_event (
    incident text not null references incident (id),
    sequence integer not null,
    event text not null check (json_valid(event)),
    unique (incident, sequence)
  ) strict;
  create trigger incident_event_is_never_changed before update on incident_event
    begin select raise(abort, 'an event of an incident is never changed'); end;
  create trigger incident_event_is_never_forgotten before delete on incident_event
    begin select raise(abort, 'an event of an incident is never forgotten'); end;
  create table lease (
    incident text primary key references incident (id),
    holder text not null,
    process text not null,
    until integer not null
  ) strict;
  `,
];

export type Migrated = { readonly state: 'ready' } | { readonly state: 'foreign' } | { readonly state: 'newer'; readonly version: number };

/** Brings a file of any earlier version to the newest one, in one step that is done wholly or not at all. */
export function migrate(database: DatabaseSync, steps: readonly string[]): Migrated {
  if (versionOf(database) === steps.length && numberOf(database, 'application_id') === applicationId) return { state: 'ready' };
  database.exec('begin immediate');
  try {
    const outcome = migrateWithin(database, steps);
    database.exec(outcome.state === 'ready' ? 'commit' : 'rollback');
    return outcome;
  } catch (problem) {
    if (database.isTransaction) database.exec('rollback');
    throw problem;
  }
}

function migrateWithin(database: DatabaseSync, steps: readonly string[]): Migrated {
  const isOurs = numberOf(database, 'application_id') === applicationId;
  if (!isOurs && !isEmpty(database)) return { state: 'foreign' };
  const version = isOurs ? versionOf(database) : 0;
  if (version > steps.length) return { state: 'newer', version };
  for (const step of steps.slice(version)) database.exec(step);
  database.exec(`pragma application_id = ${applicationId}`);
  database.exec(
    'create table if not exists schema_version (only_row integer primary key check (only_row = 1), version integer not null) strict',
  );
  database.prepare('insert into schema_version values (1, ?) on conflict do update set version = excluded.version').run(steps.length);
  return { state: 'ready' };
}

function versionOf(database: DatabaseSync): number {
  const hasTable = database.prepare("select 1 from sqlite_schema where type = 'table' and name = 'schema_version'").get() !== undefined;
  return hasTable ? Number(database.prepare('select version from schema_version').get()?.['version'] ?? 0) : 0;
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('select 1 from sqlite_schema').get() === undefined;
}

function numberOf(database: DatabaseSync, pragma: string): number {
  return Number(database.prepare(`pragma ${pragma}`).get()?.[pragma] ?? 0);
}
