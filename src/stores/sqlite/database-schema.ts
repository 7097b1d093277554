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
  `
  create table job (
    number integer primary key,
    kind text not null,
    key text not null,
    payload text not null check (json_valid(payload)),
    run_at integer not null,
    most_tries integer not null,
    tries integer not null default 0,
    state text not null default 'waiting' check (state in ('waiting', 'taken', 'finished', 'failed')),
    worker text,
    taken_at integer,
    until integer,
    because text,
    unique (kind, key)
  ) strict;
  create index job_that_waits on job (kind, run_at, number) where state = 'waiting';
  create index job_in_hand on job (kind, until) where state = 'taken';
  create index job_that_ended on job (taken_at) where state in ('finished', 'failed');
  create table page (
    id text primary key,
    delivery_key text not null unique,
    fingerprint text not null,
    received_at integer not null,
    page text not null check (json_valid(page)),
    incident text
  ) strict;
  create index page_by_cause on page (fingerprint, received_at);
  create index page_that_waits on page (id) where incident is null;
  create table access_token (
    id text primary key,
    name text not null,
    role text not null,
    hash text not null unique,
    created_at integer not null,
    expires_at integer,
    revoked_at integer
  ) strict;
  create table access_session (
    hash text primary key,
    user_name text not null,
    role text not null,
    token text,
    expires_at integer not null
  ) strict;
  create table audit (
    number integer primary key autoincrement,
    at integer not null,
    by_whom text not null,
    what text not null,
    incident text,
    result text not null,
    detail text not null
  ) strict;
  create trigger audit_is_never_replaced before insert on audit when exists (select 1 from audit where number = new.number)
    begin select raise(abort, 'who did what is never changed'); end;
  create trigger incident_event_is_never_replaced before insert on incident_event
    when exists (select 1 from incident_event where incident = new.incident and sequence = new.sequence)
    begin select raise(abort, 'an event of an incident is never changed'); end;
  create trigger audit_is_never_changed before update on audit
    begin select raise(abort, 'who did what is never changed'); end;
  create trigger audit_is_never_forgotten before delete on audit
    begin select raise(abort, 'who did what is never forgotten'); end;
  `,
  `
  alter table incident add column fingerprint text;
  create unique index incident_open_of_cause on incident (fingerprint) where is_closed = 0;
  `,
  `
  alter table audit add column credential text;
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
