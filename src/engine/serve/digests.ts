import { tellingInvestigation } from '../../domain/telling-investigation.ts';
import type { Incident } from '../../domain/incident.ts';
import { likenessOf, type Likeness } from '../../workflow/rank-similar.ts';
import { causeKey, isOpenHere, leadingCause } from '../../workflow/leading-cause.ts';
import { servedStanding, type ServedStanding } from '../../workflow/served-state.ts';
import type { IncidentSummary } from '../../ports/incident-store.ts';
import type { Failed } from '../act/acting.ts';
import { type Recording, readIncident } from './record.ts';
import type { Missing } from './served-incidents.ts';

/** What lists and comparisons need of an incident: a thousandth of what is kept of it. */
export interface Digest {
  readonly state: 'digested';
  readonly length: number;
  readonly standing: ServedStanding;
  /** Absent: not investigated yet. */
  readonly summary?: string;
  /** See `causeKey`. Absent: the cause is not known. */
  readonly cause?: string;
  readonly isOpenHere: boolean;
  /** Absent: it was not joined. */
  readonly joinedTo?: string;
  readonly likeness: Likeness;
}

/** More than any list shows. */
const mostKept = 2000;

/** Reads each incident once for each of its lengths. */
export class Digests {
  readonly #kept = new Map<string, Digest>();

  async of({ id, length }: Pick<IncidentSummary, 'id' | 'length'>, recording: Recording): Promise<Digest | Missing | Failed> {
    const kept = this.#kept.get(id);
    if (kept?.length === length) return kept;
    const read = await readIncident(recording, id);
    if (read.state !== 'read') return read;
    const { incident, events } = read;
    const digest = digestOf(incident, { length: events.length, at: events.at(-1)?.at ?? incident.openedAt, now: recording.clock.now() });
    this.#kept.delete(id);
    // An answer that waits to be carried out holds for a while only.
    if (digest.standing.state !== 'acting') this.#kept.set(id, digest);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return digest;
  }
}

function digestOf(incident: Incident, { length, at, now }: { readonly length: number; readonly at: number; readonly now: number }): Digest {
  const cause = leadingCause(incident);
  const summary = tellingInvestigation(incident)?.summary;
  return {
    state: 'digested',
    length,
    standing: servedStanding(incident, { at, now, isAtWork: false }),
    ...(summary === undefined ? {} : { summary }),
    ...(cause === undefined ? {} : { cause: causeKey(cause) }),
    isOpenHere: isOpenHere(incident),
    ...(incident.joined === undefined ? {} : { joinedTo: incident.joined.incident }),
    likeness: likenessOf(incident),
  };
}
