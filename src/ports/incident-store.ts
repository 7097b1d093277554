import type { IncidentEvent } from '../domain/incident-event.ts';
import type { Instant } from '../domain/instant.ts';
import type { JobRequest } from './job-queue.ts';
import type { StoreFailure } from './store-failure.ts';

export type { StoreFailure };

/** The event that every incident begins with. */
export type Opening = Extract<IncidentEvent, { readonly kind: 'opened' }>;

/**
 * Keeps what happened in incidents, in order, and never changes or forgets any of it. Never throws. What was answered with
 * "created" or "appended" is there after a crash and a power loss. Redaction is not its business: it keeps what it is given.
 */
export interface IncidentStore {
  /**
   * `jobs`: stored in the same transaction, made from the incident's new id. Absent: none. Of one fingerprint only one incident is
   * open at a time, also when several processes ask at once: where there is one, nothing is stored, and it is the answer.
   */
  readonly create: (opening: Opening, jobs?: (id: string) => readonly JobRequest[]) => Promise<Created | StoreFailure>;
  /**
   * All of them or none. `expectedLength`: how many events the caller knows of; where there are more by now nothing is
   * written, because what the caller decided rests on less than what happened. `jobs`: stored in the same transaction.
   */
  readonly append: (
    id: string,
    expectedLength: number,
    events: readonly IncidentEvent[],
    jobs?: readonly JobRequest[],
  ) => Promise<Appended | StoreFailure>;
  /**
   * The same, and only while the whole store is as it was when it was listed: for what is decided by all incidents together.
   * Of two at the same moment one is stored first, and the other is told.
   */
  readonly appendAsOf: (
    id: string,
    known: Known,
    events: readonly IncidentEvent[],
    jobs?: readonly JobRequest[],
  ) => Promise<Appended | Outdated | StoreFailure>;
  /** Oldest first. */
  readonly read: (id: string) => Promise<IncidentReading | StoreFailure>;
  /** Latest opened first. */
  readonly list: (wish: ListWish) => Promise<IncidentList | StoreFailure>;
  /** Asked again by the same holder it is prolonged. One that has run out, or whose process has ended, is taken over. */
  readonly lease: (id: string, wish: LeaseWish) => Promise<LeaseAnswer | StoreFailure>;
  /** Of a lease that is somebody else's, or nobody's, nothing is changed. */
  readonly release: (id: string, holder: LeaseHolder) => Promise<{ readonly state: 'released' | 'not-held' } | StoreFailure>;
  /** Everything that is asked afterwards fails. */
  readonly close: () => Promise<void>;
}

export interface Created {
  /** known: an incident with the opening's fingerprint is open already. */
  readonly state: 'created' | 'known';
  /** Sorts by time, and is safe as a file name and as a word of a shell. See `incidentId`. */
  readonly id: string;
}

/** What had been read when it was decided. */
export interface Known {
  /** How many events of this incident. */
  readonly expectedLength: number;
  /** Of the list of all incidents. */
  readonly revision: number;
}

/** Something was stored in some incident since the list with that revision, and this was not. List again, and decide again. */
export interface Outdated {
  readonly state: 'outdated';
}

export type Appended =
  | { readonly state: 'appended'; readonly length: number }
  /** Somebody else appended, or fewer events are stored than the caller knows of. Read again, and decide again. */
  | { readonly state: 'conflict'; readonly length: number }
  | MissingIncident;

export type IncidentReading = { readonly state: 'read'; readonly events: readonly IncidentEvent[] } | MissingIncident;

/** There is no such incident. */
export interface MissingIncident {
  readonly state: 'missing';
}

export interface ListWish {
  readonly limit: number;
  readonly which: 'all' | 'open';
  /** Only those in which something happened at this instant or later. Absent: since ever. */
  readonly activeSince?: Instant;
}

export interface IncidentList {
  readonly state: 'read';
  readonly incidents: readonly IncidentSummary[];
  /** How many events the whole store holds: another number, another state. What is read after it may be newer, never older. */
  readonly revision: number;
}

export interface IncidentSummary {
  readonly id: string;
  readonly openedAt: Instant;
  readonly cluster: string;
  /** Absent: nobody was paged. */
  readonly alert?: string;
  /** Number of events. */
  readonly length: number;
  readonly lastEventAt: Instant;
  readonly isClosed: boolean;
}

/** A process that works incidents. */
export interface LeaseHolder {
  /** For people, for example "ada@laptop, process 4711". */
  readonly name: string;
  /** Differs from that of every other process, also of a later one with the same number. */
  readonly process: string;
}

export interface LeaseWish {
  readonly holder: LeaseHolder;
  readonly now: Instant;
  /** When it runs out by itself. */
  readonly until: Instant;
}

export type LeaseAnswer =
  | {
      readonly state: 'leased';
      /** Whose lease had run out, or whose process has ended. Absent: it was free, or the holder's own. */
      readonly takenOverFrom?: string;
    }
  /** Somebody else works it. */
  | { readonly state: 'taken'; readonly by: string; readonly until: Instant }
  | MissingIncident;
