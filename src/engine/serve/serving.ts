import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Incident } from '../../domain/incident.ts';
import type { JsonValue } from '../../domain/prepared-change.ts';
import type { Announcer } from '../../ports/announcer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeliveryTarget } from '../../ports/delivery-target.ts';
import type { IncidentStore, LeaseHolder } from '../../ports/incident-store.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import type { Goal } from '../../workflow/step.ts';
import type { Acting, Approver, Failed, Follower } from '../act/acting.ts';
import type { Lease } from '../act/lease.ts';
import type { Digests } from './digests.ts';
import type { News } from './news.ts';
import type { Turns } from './turns.ts';

/** Everything that the workers of a server need from outside, and what they share with one another. */
export interface Serving {
  readonly store: ServerStore;
  readonly clock: Clock;
  /** Ends early where the signal says so. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** This process, for leases and for the record. */
  readonly holder: LeaseHolder;
  readonly workshop: Workshop;
  /** Name of the cluster that is looked at, as the kubeconfig has it. */
  readonly cluster: string;
  /** Where to look because of this page, to be kept with the incident. */
  readonly sourceOf: (page: AcceptedPage) => JsonValue;
  /** Reads a page in any form in which people have one at hand. */
  readonly parsePage: (
    text: string,
  ) =>
    | { readonly state: 'parsed'; readonly alert: Alert }
    | { readonly state: 'refused'; readonly happened: string; readonly whatToDo: string };
  readonly targets: readonly DeliveryTarget[];
  /** Base address under which people reach this server, without a slash at its end. Absent: not known. */
  readonly publicAddress?: string;
  readonly news: News;
  readonly turns: Turns;
  readonly digests: Digests;
  /** Incidents that this process works at this moment. */
  readonly underWork: Set<string>;
  /** How many events an incident had when this process last began work on it that came to rest. Absent: it has not worked it. */
  readonly workedUpTo: Map<string, number>;
  /** Why the work on an incident could not go on when it was last tried by this process. */
  readonly troubles: Map<string, Failed>;
  readonly log: ServerLog;
}

/** One line, for who operates the server. No secrets. */
export type ServerLog = (level: 'info' | 'warning' | 'error', text: string) => void;

/** Opens what it takes to work an incident. */
export interface Workshop {
  readonly open: (wish: WorkWish, signal: AbortSignal) => Promise<OpenedWork | Failed>;
}

export interface WorkWish {
  readonly incident: Incident;
  readonly goal: Goal;
  readonly store: IncidentStore;
  readonly lease: Lease;
  readonly announcer: Announcer;
  readonly follower: Follower;
  readonly approver: Approver;
}

export interface OpenedWork {
  readonly state: 'opened';
  readonly acting: Acting;
  readonly close: () => Promise<void>;
}
