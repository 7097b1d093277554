import type { AcceptedPage, IncomingPage } from '../../domain/accepted-page.ts';
import type { Credential } from '../../domain/credential.ts';
import type { AnyFailureMode } from '../../domain/failure-mode.ts';
import type { Incident } from '../../domain/incident.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import type { AccessToken, AuditEntry } from '../../ports/access-store.ts';
import type { IncidentSummary, ListWish } from '../../ports/incident-store.ts';
import type { PageAnswer } from '../../ports/page-intake.ts';
import type { Role } from '../../domain/role.ts';
import type { ServedState } from '../../workflow/served-state.ts';
import type { Failed } from '../act/acting.ts';

export type { ServedState };

/** Who asks, and with what they were let in. */
export interface Asker {
  readonly name: string;
  readonly credential: Credential;
}

/** What every surface of the server goes through, and records. What people ask for is stored first and carried out by the workers. Never throws. */
export interface ServedIncidents {
  readonly list: (wish: ListWish) => Promise<readonly ServedSummary[] | Failed>;
  /** Redacted, as it may be shown. */
  readonly read: (id: string) => Promise<ServedIncident | Missing | Failed>;
  /** Events from this position on, oldest first, as they may be shown; for following along. */
  readonly eventsFrom: (id: string, position: number) => Promise<readonly IncidentEvent[] | Missing | Failed>;
  /** Calls back after something of this incident was stored, by whatever process; and with what is looked at right now, by this one. */
  readonly follow: (id: string, hears: (news: IncidentNews) => void) => () => void;
  /** Incidents of the past with the same cause, or of the same workload, most alike first. */
  readonly similar: (id: string, limit: number) => Promise<readonly SimilarIncident[] | Missing | Failed>;
  /** Keeps one page of a webhook, with the job that works it, before the sender is answered. */
  readonly receive: (page: IncomingPage) => Promise<PageAnswer | Failed>;
  /** Where a page went. No incident: nobody has worked it yet. */
  readonly findPage: (page: string) => Promise<{ readonly state: 'found'; readonly incident?: string } | Missing | Failed>;
  /** Hands in a page by hand. `text`: any form that `--alert` takes. */
  readonly open: (
    text: string,
  ) => Promise<{ readonly state: 'opened'; readonly page: string; readonly incident?: string } | Refused | Failed>;
  readonly acknowledge: (id: string, by: string) => Promise<Done | Missing | Failed>;
  readonly writeNotes: (id: string, text: string, by: string) => Promise<Done | Missing | Failed>;
  /** `plan`: what the human read, see `planMark`. Where the attempt's plan is another one by now it is refused. */
  readonly answer: (
    id: string,
    answer: { readonly attempt: number; readonly plan: string; readonly answer: 'yes' | 'no'; readonly because?: string },
    by: Asker,
  ) => Promise<Done | Missing | Refused | Failed>;
  /** Puts back one attempt, or everything that is in force. */
  readonly undo: (id: string, attempt: number | undefined, by: string) => Promise<Done | Missing | Refused | Failed>;
  /** The repair gate, and what it allows to be put back. */
  readonly restore: (id: string, by: string) => Promise<Done | Missing | Refused | Failed>;
  readonly abort: (id: string, by: string) => Promise<Done | Missing | Refused | Failed>;
  readonly catalogue: readonly AnyFailureMode[];
  readonly createToken: (
    wish: { readonly name: string; readonly role: Role; readonly expiresAt?: number },
    by: Asker,
  ) => Promise<{ readonly state: 'created'; readonly token: AccessToken; readonly secret: string } | Refused | Failed>;
  readonly listTokens: () => Promise<readonly AccessToken[] | Failed>;
  readonly revokeToken: (id: string) => Promise<Done | Missing | Failed>;
  readonly readAudit: (wish: {
    readonly limit: number;
    readonly before?: number;
  }) => Promise<readonly (AuditEntry & { readonly number: number })[] | Failed>;
}

export interface ServedSummary extends IncidentSummary {
  readonly state: ServedState;
  /** One sentence that answers the page. Absent: not investigated yet. */
  readonly summary?: string;
}

export interface ServedIncident {
  readonly id: string;
  readonly incident: Incident;
  /** Number of events that this view rests on. */
  readonly length: number;
  readonly state: ServedState;
  /** Why it rests, in words. Absent: it does not rest. */
  readonly because?: string;
  readonly pages: readonly AcceptedPage[];
  /** Incident notes as Markdown, written from what is known now. */
  readonly report: string;
}

export interface SimilarIncident {
  readonly id: string;
  readonly openedAt: number;
  readonly because: string;
  readonly summary: string;
}

export type IncidentNews =
  /** Something was stored: read from where one was. */
  | { readonly kind: 'stored'; readonly length: number }
  /** What is being looked at, for a progress line. Not kept. */
  | { readonly kind: 'progress'; readonly text: string };

export interface Done {
  readonly state: 'done';
}
export interface Missing {
  readonly state: 'missing';
}
export interface Refused {
  readonly state: 'refused';
  readonly because: string;
}
