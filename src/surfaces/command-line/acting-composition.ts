import type { ServedState } from '../../engine/serve/served-incidents.ts';
import type { Incident } from '../../domain/incident.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import type { Approver, Follower } from '../../engine/act/acting.ts';
import type { Worked } from '../../engine/act/work-incident.ts';
import type { Announcer, Failure, SourceOptions } from './looking.ts';

/** What the commands that act need from the rest of the program. */
export interface ActingComposition {
  readonly act: (request: ActRequest, people: People, signal: AbortSignal) => Promise<Acted | Failure>;
  readonly listIncidents: (place: StorePlace, limit: number) => Promise<ListedIncidents | Failure>;
  readonly readIncident: (place: StorePlace, id: string) => Promise<ReadIncident | Failure>;
}

export interface StorePlace {
  /** "sqlite:FILE". Absent: the usual file of this user. */
  readonly database?: string;
}

export interface ActSettings extends StorePlace {
  /** Path of a policy file. Absent: nothing runs unattended. */
  readonly policy?: string;
  readonly soakMilliseconds: number;
  readonly withinMilliseconds: number;
  /** IANA name, for reminders. Absent: this machine's. */
  readonly timeZone?: string;
}

export type ActRequest =
  /** Opens an incident and mitigates it. */
  | {
      readonly kind: 'mitigate';
      readonly source: SourceOptions;
      readonly settings: ActSettings;
      readonly isFollowedThrough: boolean;
      /** True: the plan is shown with the server's own dry run, nothing is changed, and nothing is kept. */
      readonly isDryRun: boolean;
    }
  /** Takes an incident up again where it was left. */
  | (TakenUp & { readonly kind: 'resume'; readonly isFollowedThrough: boolean })
  | (TakenUp & { readonly kind: 'restore' })
  /** Puts everything back that is in force, or one attempt. */
  | (TakenUp & { readonly kind: 'undo'; readonly attempt?: number })
  /** Whoever works the incident stops after the change that is under way. */
  | (TakenUp & { readonly kind: 'abort' });

/** An incident that is in the store. */
interface TakenUp {
  readonly incident: string;
  readonly settings: ActSettings;
  /** What may be started to look. Absent: as when it was opened. */
  readonly probing?: Pick<SourceOptions, 'nodeAccess' | 'canExec'>;
}

export interface People {
  readonly announcer: Announcer;
  readonly follower: Follower;
  readonly approver: Approver;
}

export interface Acted {
  readonly state: 'acted';
  readonly id: string;
  readonly worked: Worked;
}

export interface ListedIncidents {
  readonly state: 'listed';
  readonly incidents: readonly {
    readonly id: string;
    readonly openedAt: number;
    readonly alert?: string;
    readonly cluster: string;
    readonly isClosed: boolean;
    /** In the words of the server's API. */
    readonly state: ServedState;
  }[];
}

export interface ReadIncident {
  readonly state: 'read';
  readonly id: string;
  readonly incident: Incident;
  readonly events: readonly IncidentEvent[];
}
