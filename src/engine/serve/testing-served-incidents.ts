import type { IncomingPage } from '../../domain/accepted-page.ts';
import { openedAt } from '../../domain/example-incident.ts';
import type { AnyFailureMode } from '../../domain/failure-mode.ts';
import { incidentOf } from '../../domain/incident.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import type { AccessToken, AuditEntry } from '../../ports/access-store.ts';
import type { PageAnswer } from '../../ports/page-intake.ts';
import { hashOfSecret } from '../access/access-secret.ts';
import type { Failed } from '../act/acting.ts';
import type { IncidentNews, ServedIncident, ServedIncidents, ServedState, ServedSummary } from './served-incidents.ts';

export interface TestingServed extends ServedIncidents {
  /** What was asked for, in order: "undo 2026-… 1 by ada". */
  readonly asked: readonly string[];
  readonly received: readonly IncomingPage[];
  readonly put: (id: string, events: readonly IncidentEvent[], state?: ServedState) => void;
  readonly happen: (id: string, event: IncidentEvent) => void;
  readonly tell: (id: string, text: string) => void;
  /** Where a page went. */
  readonly assign: (page: string, incident: string) => void;
  /** From here on everything fails like this, until it is called without. */
  readonly breakDown: (failure?: Failed) => void;
  /** What `receive` answers instead of keeping the page. */
  readonly answerPages: (answer: PageAnswer | Failed | undefined) => void;
  readonly followers: () => number;
}

/** A facade over plain events, for tests of what stands above it. It works nothing. */
export function testingServedIncidents(catalogue: readonly AnyFailureMode[] = []): TestingServed {
  const bench = new Bench();
  const { kept, asked, received, pages } = bench;
  return {
    asked,
    received,
    catalogue,
    put: (id, events, state = 'waiting-for-approval') => void kept.set(id, { events: [...events], state }),
    happen: (id, event) => {
      const events = kept.get(id)?.events ?? [];
      events.push(event);
      bench.tell(id, { kind: 'stored', length: events.length });
    },
    tell: (id, text) => bench.tell(id, { kind: 'progress', text }),
    assign: (page, incident) => void pages.set(page, incident),
    breakDown: (failure) => void (bench.failure = failure),
    answerPages: (given) => void (bench.pageAnswer = given),
    followers: () => [...bench.followers.values()].reduce((sum, each) => sum + each.size, 0),
    ...readings(bench),
    ...wishes(bench),
    ...administration(bench),
  };
}

class Bench {
  readonly kept = new Map<string, { readonly events: IncidentEvent[]; readonly state: ServedState }>();
  readonly pages = new Map<string, string | undefined>();
  readonly followers = new Map<string, Set<(news: IncidentNews) => void>>();
  readonly tokens: AccessToken[] = [];
  readonly audit: AuditEntry[] = [];
  readonly asked: string[] = [];
  readonly received: IncomingPage[] = [];
  failure: Failed | undefined;
  pageAnswer: PageAnswer | Failed | undefined;

  answer<Value>(value: Value): Promise<Value | Failed> {
    return Promise.resolve(this.failure ?? value);
  }

  done(id: string, what: string): Promise<{ readonly state: 'done' | 'missing' } | Failed> {
    if (this.failure === undefined && this.kept.has(id)) this.asked.push(what);
    return this.answer({ state: this.kept.has(id) ? 'done' : 'missing' } as const);
  }

  tell(id: string, news: IncidentNews): void {
    this.followers.get(id)?.forEach((hears) => hears(news));
  }
}

const missing = { state: 'missing' } as const;

function readings(bench: Bench): Pick<ServedIncidents, 'list' | 'read' | 'eventsFrom' | 'follow' | 'similar' | 'findPage'> {
  const { kept, pages, followers } = bench;
  return {
    list: ({ limit, which }) =>
      bench.answer(
        [...kept]
          .map(([id, { events, state }]) => summaryOf(id, events, state))
          .filter(({ isClosed }) => which === 'all' || !isClosed)
          .slice(0, limit),
      ),
    read: (id) => bench.answer(servedOf(id, kept.get(id)) ?? missing),
    eventsFrom: (id, position) => bench.answer(kept.get(id)?.events.slice(position) ?? missing),
    follow: (id, hears) => {
      const all = followers.get(id) ?? new Set();
      followers.set(id, all.add(hears));
      return () => void all.delete(hears);
    },
    similar: (id, limit) => {
      const alike = { id: '2026-08-01-0300-cart-errors-k3f9', openedAt, because: 'the same cause', summary: 'cart failed.' };
      return bench.answer(kept.has(id) ? [alike].slice(0, limit) : missing);
    },
    findPage: (page) => {
      const incident = pages.get(page);
      if (!pages.has(page)) return bench.answer(missing);
      return bench.answer({ state: 'found', ...(incident === undefined ? {} : { incident }) } as const);
    },
  };
}

type Wishes = 'receive' | 'open' | 'acknowledge' | 'writeNotes' | 'answer' | 'undo' | 'restore' | 'abort';

function wishes(bench: Bench): Pick<ServedIncidents, Wishes> {
  const { pages, asked, received } = bench;
  return {
    receive: (page) => Promise.resolve(bench.failure ?? bench.pageAnswer ?? acceptOnce(page, received)),
    open: (text) => {
      if (text === 'nonsense') return bench.answer({ state: 'refused', because: 'it holds no words' } as const);
      const page = `page-${pages.size + 1}`;
      pages.set(page, undefined);
      asked.push(`open ${page}`);
      return bench.answer({ state: 'opened', page } as const);
    },
    acknowledge: (id, by) => bench.done(id, `acknowledge ${id} by ${by}`),
    writeNotes: (id, text, by) => bench.done(id, `write notes ${id} ${text} by ${by}`),
    answer: (id, given, by) => {
      if (given.plan === 'outdated') return bench.answer({ state: 'refused', because: 'The plan is another one by now.' } as const);
      return bench.done(id, `answer ${id} ${JSON.stringify(given)} by ${by.name}`);
    },
    undo: (id, attempt, by) => bench.done(id, `undo ${id} ${attempt ?? 'all'} by ${by}`),
    restore: (id, by) => bench.done(id, `restore ${id} by ${by}`),
    abort: (id, by) => bench.done(id, `abort ${id} by ${by}`),
  };
}

function administration(bench: Bench): Pick<ServedIncidents, 'createToken' | 'listTokens' | 'revokeToken' | 'readAudit'> {
  const { tokens, audit } = bench;
  return {
    createToken: ({ name, role, expiresAt }) => {
      const secret = `stanch_${'x'.repeat(42)}${tokens.length}`;
      const ends = expiresAt === undefined ? {} : { expiresAt };
      const token = { id: `token-${tokens.length + 1}`, name, role, hash: hashOfSecret(secret), createdAt: openedAt, ...ends };
      tokens.push(token);
      return bench.answer({ state: 'created', token, secret } as const);
    },
    listTokens: () => bench.answer([...tokens]),
    revokeToken: (id) => bench.answer({ state: tokens.some((token) => token.id === id) ? 'done' : 'missing' } as const),
    readAudit: ({ limit }) => bench.answer(audit.map((entry, index) => ({ ...entry, number: index + 1 })).slice(0, limit)),
  };
}

function acceptOnce(page: IncomingPage, received: IncomingPage[]): PageAnswer {
  const index = received.findIndex(({ deliveryKey }) => deliveryKey === page.deliveryKey);
  if (index >= 0) return { state: 'known', id: `page-${index + 1}` };
  received.push(page);
  return { state: 'accepted', id: `page-${received.length}` };
}

type Kept = { readonly events: readonly IncidentEvent[]; readonly state: ServedState } | undefined;

function servedOf(id: string, kept: Kept): ServedIncident | undefined {
  const incident = kept === undefined ? undefined : incidentOf(kept.events);
  if (kept === undefined || incident === undefined) return undefined;
  return { id, incident, length: kept.events.length, state: kept.state, pages: [], report: '# Incident' };
}

function summaryOf(id: string, events: readonly IncidentEvent[], state: ServedState): ServedSummary {
  const incident = incidentOf(events);
  const summary = incident?.investigations.at(-1)?.investigation.summary;
  return {
    id,
    openedAt: events[0]?.at ?? 0,
    lastEventAt: events.at(-1)?.at ?? 0,
    cluster: incident?.cluster ?? '',
    length: events.length,
    isClosed: incident?.closed !== undefined,
    state,
    ...(incident?.alert === undefined ? {} : { alert: incident.alert.name }),
    ...(summary === undefined ? {} : { summary }),
  };
}
