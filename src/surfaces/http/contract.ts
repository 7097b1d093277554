import type { Investigation } from '../../domain/investigation.ts';
import type { Role } from '../../domain/role.ts';
import type { ServedState } from '../../engine/serve/served-incidents.ts';

/*
 * What the page and the server say to each other, as JSON. Times are RFC 3339. The OpenAPI document at /api/v1/openapi.json is
 * derived from the operations and tells the same.
 *
 *   GET  /api/v1/session                                Session (signed in or not)
 *   POST /api/v1/session                {token}         signs in; sets an HttpOnly cookie
 *   DELETE /api/v1/session                              signs out
 *   GET  /api/v1/session/openid?back=PATH               sends the browser to who knows people, and from there back to PATH
 *   GET  /api/v1/incidents?which=open|all&limit=N       {incidents: IncidentListItem[]}
 *   POST /api/v1/incidents              {page}          opens one by hand
 *   GET  /api/v1/incidents/:incident                    IncidentView
 *   GET  /api/v1/incidents/:incident/timeline?from=N&limit=M   {entries: TimelineEntry[], length}; from and limit count positions:
 *                                                       all entries of a position come together
 *   GET  /api/v1/incidents/:incident/similar            {incidents: SimilarItem[]}
 *   GET  /api/v1/incidents/:incident/stream?from=N      server-sent events, from position N on; resumable with Last-Event-ID, which wins:
 *                                                       event "entry"    data TimelineEntry  id: its position, with the last entry of it
 *                                                       event "view"     data {}             the view has changed: read it again
 *                                                       event "progress" data {text}         no id: not kept
 *                                                       event "alive"    data {}             no id: every 10 s, so that silence is noticed
 *   POST /api/v1/incidents/:incident/answer   {attempt, plan, answer: yes|no, because?}
 *   POST /api/v1/incidents/:incident/undo     {attempt?}
 *   POST /api/v1/incidents/:incident/restore  {}
 *   POST /api/v1/incidents/:incident/abort    {}
 *   POST /api/v1/incidents/:incident/acknowledge {}
 *   POST /api/v1/incidents/:incident/notes    {text}
 *   GET  /api/v1/failure-modes, /api/v1/failure-modes/:mode
 *   GET  /api/v1/tokens, POST /api/v1/tokens, POST /api/v1/tokens/:token/revoke, GET /api/v1/audit
 *
 * POST and DELETE with a session cookie carry the header "x-stanch-csrf" with Session.csrf. With "authorization: Bearer …" none is
 * needed. A failure is {error: {attempted, happened, whatToDo}} with status 400, 401, 403, 404, 409 (refused), 429 or 503.
 */

export interface Session {
  /** Absent: nobody is signed in. */
  readonly user?: { readonly name: string; readonly role: Role };
  /** Absent: nobody is signed in. */
  readonly csrf?: string;
  readonly version: string;
  /** Sign in with OpenID Connect, by this name, at /api/v1/session/openid?back=PATH. Absent: it is not offered. */
  readonly openId?: { readonly name: string };
}

/** Why a sign-in with OpenID Connect came to nothing, as the page is told it: /?sign-in=PROBLEM. no-role: in none of the groups. */
export type SignInProblem = 'denied' | 'expired' | 'not-trusted' | 'unreachable' | 'misconfigured' | 'no-role' | 'try-later';

export type IncidentState = ServedState;

export interface IncidentListItem {
  readonly id: string;
  readonly openedAt: string;
  readonly lastEventAt: string;
  readonly cluster: string;
  /** Absent: nobody was paged. */
  readonly alert?: string;
  /** One sentence that answers the page. Absent: not investigated yet. */
  readonly summary?: string;
  readonly state: IncidentState;
}

export interface IncidentView {
  readonly id: string;
  /** Number of timeline positions that this view rests on. */
  readonly length: number;
  readonly openedAt: string;
  readonly cluster: string;
  readonly state: IncidentState;
  /** Why nothing happens by itself. Absent: something does. */
  readonly because?: string;
  readonly alert?: { readonly name: string; readonly summary: string; readonly startedAt?: string };
  readonly pages: readonly PageView[];
  readonly acknowledged?: { readonly at: string; readonly by: string };
  /** The latest. Absent: not investigated yet. */
  readonly investigation?: Investigation;
  readonly attempts: readonly AttemptView[];
  /** Plans that were passed over, and why. */
  readonly unfit: readonly { readonly title: string; readonly because: string }[];
  readonly notes?: { readonly at: string; readonly by: string; readonly text: string };
  readonly deliveries: readonly { readonly at: string; readonly target: string; readonly what: string; readonly link?: string }[];
  readonly joined?: { readonly incident: string; readonly because: string };
  readonly closed?: {
    readonly at: string;
    readonly looseEnds: readonly { readonly says: string; readonly state: string; readonly command?: string }[];
    readonly followUps: Investigation['followUps'];
  };
  /** Incident notes as Markdown. */
  readonly report: string;
}

export interface PageView {
  readonly at: string;
  readonly name: string;
  readonly summary: string;
  readonly state: 'firing' | 'resolved';
}

export interface AttemptView {
  readonly number: number;
  readonly purpose: 'mitigate' | 'repair';
  /** Marks this very plan; an answer carries it back. */
  readonly plan: string;
  /** Id of the mitigation, as in Investigation.mitigations. */
  readonly mitigation: string;
  readonly subject: Investigation['mitigations'][number]['subject'];
  readonly title: string;
  readonly why: string;
  readonly expectation: string;
  readonly preconditions: readonly { readonly claim: string; readonly holds: 'yes' | 'no' | 'cannot-tell' }[];
  readonly warnings: readonly string[];
  readonly reversibility: 'undoable' | 'heals-itself' | 'irreversible';
  /** True: an answer "yes" can be given now. */
  readonly canBeApproved: boolean;
  /** True: something of it is in force and can be put back. */
  readonly canBeUndone: boolean;
  /** What the server said to the dry run is part of a change. */
  readonly changes: readonly ChangeView[];
  readonly undo: readonly string[];
  /** What must be shown before the undo is safe. Absent: nothing. */
  readonly undoWhen?: string;
  readonly approval?: { readonly by: string; readonly how: 'human' | 'policy'; readonly at: string };
  readonly declined?: string;
  /** Where what it destroys was saved before. */
  readonly evidencePath?: string;
  readonly judgement?: {
    readonly is: 'confirmed' | 'worse' | 'no-better' | 'cannot-tell';
    readonly at: string;
    readonly because: readonly string[];
  };
  readonly undoAsked?: { readonly at: string; readonly by: string; readonly because: string };
  /** The repair gate. Absent: not looked at yet. */
  readonly proofs?: {
    readonly at: string;
    readonly all: readonly { readonly claim: string; readonly holds: 'yes' | 'no' | 'cannot-tell'; readonly detail?: string }[];
  };
  /** What was watched, oldest first. */
  readonly watched: readonly WatchedView[];
}

export interface ChangeView {
  readonly command: string;
  readonly state: 'planned' | 'under-way' | 'done' | 'put-back' | 'refused' | 'held-back' | 'overtaken' | 'unknown';
  readonly detail?: string;
}

export interface WatchedView {
  readonly at: string;
  /** Absent: could not be seen. */
  readonly failingReplicas?: number;
  readonly healthyReplicas?: number;
  /** Value of what the alert measures. Absent: could not be seen. */
  readonly measured?: number;
  /** Absent: could not be seen. */
  readonly alert?: 'firing' | 'pending' | 'quiet';
}

/** One thing that happened, as one line and what can be opened below it. */
export interface TimelineEntry {
  /** From 0. A thought that is part of an investigation has the position of that investigation, and its own `part`. */
  readonly position: number;
  readonly part?: number;
  readonly at: string;
  readonly by: string;
  readonly kind: string;
  /** Of a thought: its question. */
  readonly title: string;
  /** Of a thought: what was seen, one fact a line. */
  readonly text?: string;
  /** Of a thought: what follows. */
  readonly conclusion?: string;
  /** Only of a thought. */
  readonly phase?: Investigation['thoughts'][number]['phase'];
  /** To copy. */
  readonly command?: string;
  /** Keys of the investigation's evidence. */
  readonly citing?: readonly string[];
  readonly tone: 'neutral' | 'good' | 'bad' | 'doubtful';
}

export interface SimilarItem {
  readonly id: string;
  readonly openedAt: string;
  readonly because: string;
  readonly summary: string;
}

export interface Failure {
  readonly error: { readonly attempted: string; readonly happened: string; readonly whatToDo: string };
}
