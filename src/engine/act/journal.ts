import type { IncidentEvent, IncidentHappening } from '../../domain/incident-event.ts';
import type { Appended, IncidentStore, Outdated, StoreFailure } from '../../ports/incident-store.ts';
import { type Incident, incidentOf, withEvent } from '../../domain/incident.ts';
import type { Acting, Failed } from './acting.ts';

export type Recorded =
  | { readonly state: 'recorded'; readonly incident: Incident }
  /** Somebody else wrote to the incident: it was read again, and what comes next has to be decided anew. */
  | { readonly state: 'overtaken'; readonly incident: Incident }
  | Failed;

/** One incident in the store, as far as this process knows it. Nothing counts as having happened before it is stored. */
export class Journal {
  readonly id: string;
  readonly #acting: Pick<Acting, 'store' | 'clock' | 'follower'>;
  #length: number;
  #incident: Incident;

  private constructor(id: string, acting: Pick<Acting, 'store' | 'clock' | 'follower'>, length: number, incident: Incident) {
    this.id = id;
    this.#acting = acting;
    this.#length = length;
    this.#incident = incident;
  }

  static async open(id: string, acting: Pick<Acting, 'store' | 'clock' | 'follower'>): Promise<Journal | Failed> {
    const read = await readIncident(acting.store, id);
    return read.state === 'failed' ? read : new Journal(id, acting, read.length, read.incident);
  }

  get incident(): Incident {
    return this.#incident;
  }

  async record(happening: IncidentHappening, by: string): Promise<Recorded> {
    const event = this.#eventOf(happening, by);
    return this.#known(event, await this.#acting.store.append(this.id, this.#length, [event]));
  }

  /** `revision`: of the store, when it was decided. outdated: something was stored in some incident since, and this was not. */
  async recordAsOf(revision: number, happening: IncidentHappening, by: string): Promise<Recorded | Outdated> {
    const event = this.#eventOf(happening, by);
    const appended = await this.#acting.store.appendAsOf(this.id, { expectedLength: this.#length, revision }, [event]);
    return appended.state === 'outdated' ? appended : this.#known(event, appended);
  }

  #eventOf(happening: IncidentHappening, by: string): IncidentEvent {
    return { at: this.#acting.clock.now(), by, ...happening };
  }

  async #known(event: IncidentEvent, appended: Appended | StoreFailure): Promise<Recorded> {
    if (appended.state === 'failed') return appended;
    if (appended.state === 'conflict') return this.#readAgain();
    this.#length += 1;
    this.#incident = withEvent(this.#incident, event);
    this.#acting.follower.happened(event, this.#incident);
    return { state: 'recorded', incident: this.#incident };
  }

  async #readAgain(): Promise<Recorded> {
    const read = await readIncident(this.#acting.store, this.id);
    if (read.state === 'failed') return read;
    this.#length = read.length;
    this.#incident = read.incident;
    return { state: 'overtaken', incident: read.incident };
  }
}

async function readIncident(
  store: IncidentStore,
  id: string,
): Promise<{ readonly state: 'read'; readonly incident: Incident; readonly length: number } | Failed> {
  const read = await store.read(id);
  if (read.state === 'failed') return read;
  const incident = read.state === 'missing' ? undefined : incidentOf(read.events);
  if (read.state === 'missing' || incident === undefined) {
    return {
      state: 'failed',
      attempted: `opening incident ${id}`,
      happened: 'there is no such incident',
      whatToDo: 'stanch incidents lists those that there are',
    };
  }
  return { state: 'read', incident, length: read.events.length };
}
