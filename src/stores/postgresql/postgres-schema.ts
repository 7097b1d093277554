import type { Session } from './open-postgres.ts';

/**
 * What makes each version from the one before it; the first from an empty schema. One that was released is never edited:
 * a change of the schema is one more at the end. The tables of pg-boss, which share the schema, are its own business.
 */
export const migrations: readonly [string, ...string[]] = [
  `
  create table stanch.incident (
    id text primary key,
    opened_at bigint not null,
    cluster text not null,
    alert text,
    fingerprint text,
    length integer not null,
    last_event_at bigint not null,
    is_closed boolean not null
  );
  create index incident_by_opening on stanch.incident (opened_at, id);
  create unique index incident_open_of_cause on stanch.incident (fingerprint) where not is_closed;
  create table stanch.incident_event (
    incident text not null references stanch.incident (id),
    sequence integer not null,
    event json not null,
    primary key (incident, sequence)
  );
  create table stanch.lease (
    incident text primary key references stanch.incident (id),
    holder text not null,
    process text not null,
    until timestamptz not null
  );
  create table stanch.page (
    id text primary key,
    delivery_key text not null unique,
    fingerprint text not null,
    received_at bigint not null,
    number bigint generated always as identity,
    page json not null,
    incident text
  );
  create index page_by_cause on stanch.page (fingerprint, received_at);
  create index page_that_waits on stanch.page (id) where incident is null;
  create table stanch.access_token (
    id text primary key,
    name text not null,
    role text not null,
    hash text not null unique,
    created_at bigint not null,
    number bigint generated always as identity,
    expires_at bigint,
    revoked_at bigint
  );
  create table stanch.access_session (
    hash text primary key,
    user_name text not null,
    role text not null,
    token text,
    expires_at bigint not null
  );
  create table stanch.audit (
    number bigint generated always as identity primary key,
    at bigint not null,
    by_whom text not null,
    what text not null,
    incident text,
    result text not null,
    detail text not null
  );
  create function stanch.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '%', case when tg_table_name = 'audit' then 'who did what' else 'an event of an incident' end
        || case when tg_op = 'UPDATE' then ' is never changed' else ' is never forgotten' end;
    end
  $$;
  create trigger incident_event_is_kept before update or delete or truncate on stanch.incident_event
    execute function stanch.refuse_change();
  create trigger audit_is_kept before update or delete or truncate on stanch.audit
    execute function stanch.refuse_change();
  `,
  `
  alter table stanch.audit add column credential text;
  `,
];

export type Migrated = { readonly state: 'ready' } | { readonly state: 'foreign' } | { readonly state: 'newer'; readonly version: number };

/** Within a transaction: brings a database of any earlier version to the newest one. Replicas that start at once wait for each other. */
export async function migrate(session: Session, steps: readonly string[]): Promise<Migrated> {
  await session.rows("select pg_advisory_xact_lock(hashtext('stanch schema'))");
  const version = await versionOf(session);
  if (version === 'foreign') return { state: 'foreign' };
  if (version > steps.length) return { state: 'newer', version };
  if (version === steps.length) return { state: 'ready' };
  // Who owns a schema that was made beforehand need not be allowed to make others.
  if (!(await hasSchema(session))) await session.rows('create schema stanch');
  for (const step of steps.slice(version)) await session.rows(step);
  await session.rows(
    'create table if not exists stanch.schema_version (only_row integer primary key check (only_row = 1), version integer not null)',
  );
  await session.rows('insert into stanch.schema_version values (1, $1) on conflict (only_row) do update set version = excluded.version', [
    steps.length,
  ]);
  return { state: 'ready' };
}

/** "foreign": the schema has tables, and they are not ours. */
async function versionOf(session: Session): Promise<number | 'foreign'> {
  const [table] = await session.rows("select to_regclass('stanch.schema_version') is not null as is_there");
  if (table?.['is_there'] === true) {
    const [row] = await session.rows('select version from stanch.schema_version');
    return Number(row?.['version'] ?? 0);
  }
  const [other] = await session.rows(
    "select 1 from pg_class join pg_namespace on pg_namespace.oid = relnamespace where nspname = 'stanch' limit 1",
  );
  return other === undefined ? 0 : 'foreign';
}

async function hasSchema(session: Session): Promise<boolean> {
  const [row] = await session.rows("select to_regnamespace('stanch') is not null as is_there");
  return row?.['is_there'] === true;
}
