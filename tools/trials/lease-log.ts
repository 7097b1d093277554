import pg from 'pg';

/** Who claimed which incident when, written by the database itself. */
export interface LeaseLog {
  /** Incidents that a process has claimed at this moment. */
  readonly heldBy: (processId: number) => Promise<readonly string[]>;
  /** When each of them was first claimed by another process after the last claim of this one, in milliseconds of the machine's clock. */
  readonly takenOver: (incidents: readonly string[], from: number) => Promise<readonly number[]>;
  readonly close: () => Promise<void>;
}

const follow = `
  create table public.claim (incident text, process text, at timestamptz default clock_timestamp());
  create function public.note_claim() returns trigger language plpgsql as
    'begin insert into public.claim (incident, process) values (new.incident, new.process); return new; end';
  create trigger note_claim after insert or update on stanch.lease for each row execute function public.note_claim();`;

/** From now on; the schema has to be there. A process is told by its number, which stands second in its mark. */
export async function followLeases(database: string): Promise<LeaseLog> {
  const client = new pg.Client({ connectionString: database });
  // The database is stopped before this is closed where a trial fails.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(follow);
  return {
    heldBy: async (processId) => {
      const { rows } = await client.query<{ readonly incident: string }>(
        'select incident from stanch.lease where (process::json ->> 1)::int = $1 and until > stanch.job_now()',
        [processId],
      );
      return rows.map(({ incident }) => incident);
    },
    takenOver: async (incidents, from) => {
      const { rows } = await client.query<{ readonly at: string }>(
        `select extract(epoch from min(at)) * 1000 as at from public.claim
         where incident = any($1) and (process::json ->> 1)::int <> $2
           and at > (select max(at) from public.claim as own where own.incident = claim.incident and (own.process::json ->> 1)::int = $2)
         group by incident`,
        [incidents, from],
      );
      return rows.map(({ at }) => Math.round(Number(at)));
    },
    close: () => client.end(),
  };
}
