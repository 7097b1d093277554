import type { Incident } from '../../domain/incident.ts';
import { noIncident, type AcceptedPage } from '../../domain/accepted-page.ts';
import type { IncidentSummary } from '../../ports/incident-store.ts';
import { type Likeness, rankSimilar } from '../../workflow/rank-similar.ts';
import { servedStanding } from '../../workflow/served-state.ts';
import { writeIncidentReport } from '../../writing/markdown/incident-report.ts';
import type { Failed } from '../act/acting.ts';
import { shownEvent, shownIncident } from '../shown-incident.ts';
import type { Digest } from './digests.ts';
import { readIncident } from './record.ts';
import type { Missing, ServedIncident, ServedIncidents, ServedSummary, SimilarIncident } from './served-incidents.ts';
import type { Serving } from './serving.ts';

type Reading = Pick<ServedIncidents, 'list' | 'read' | 'eventsFrom' | 'follow' | 'similar' | 'findPage'>;

/** What there is to see. */
export function servedReading(serving: Serving): Reading {
  return {
    list: (wish) => list(wish, serving),
    read: (id) => read(id, serving),
    eventsFrom: async (id, position) => {
      const stored = await readIncident(serving, id);
      return stored.state === 'read' ? stored.events.slice(position).map(shownEvent) : stored;
    },
    follow: (id, hears) => serving.news.follow(id, hears),
    similar: (id, limit) => similar(id, limit, serving),
    findPage: async (page) => {
      const stored = await serving.store.pages.read(page);
      if (stored.state !== 'read') return stored;
      const { incident } = stored;
      return { state: 'found', ...(incident === undefined || incident === noIncident ? {} : { incident }) };
    },
  };
}

async function list(wish: Parameters<ServedIncidents['list']>[0], serving: Serving): Promise<readonly ServedSummary[] | Failed> {
  const listed = await serving.store.incidents.list(wish);
  if (listed.state === 'failed') return listed;
  const summaries: ServedSummary[] = [];
  for (const summary of listed.incidents) {
    const digest = await serving.digests.of(summary, serving);
    if (digest.state === 'failed') return digest;
    if (digest.state === 'digested') summaries.push(summaryOf(summary, digest, serving));
  }
  return summaries;
}

function summaryOf(summary: IncidentSummary, { standing, summary: says }: Digest, { underWork }: Serving): ServedSummary {
  const state = standing.state === 'queued' && underWork.has(summary.id) ? 'investigating' : standing.state;
  return { ...summary, state, ...(says === undefined ? {} : { summary: says }) };
}

async function read(id: string, serving: Serving): Promise<ServedIncident | Missing | Failed> {
  const stored = await readIncident(serving, id);
  if (stored.state !== 'read') return stored;
  const { incident, events } = stored;
  const pages = await pagesOf(incident, serving);
  if ('attempted' in pages) return pages;
  const { clock, underWork, troubles } = serving;
  const at = events.at(-1)?.at ?? incident.openedAt;
  const { state, because } = servedStanding(incident, { at, now: clock.now(), isAtWork: underWork.has(id) });
  const trouble = troubles.get(id);
  const why = trouble === undefined ? because : `${trouble.attempted}: ${trouble.happened}. ${trouble.whatToDo}`;
  const shown = shownIncident(incident);
  return {
    id,
    incident: shown,
    length: events.length,
    state,
    ...(why === undefined ? {} : { because: why }),
    pages,
    report: writeIncidentReport(id, shown),
  };
}

/** A storm brings more of them than anybody reads. */
const mostPages = 100;

async function pagesOf({ cause, pages }: Incident, { store }: Serving): Promise<readonly AcceptedPage[] | Failed> {
  const first = cause === undefined ? [] : [cause.page];
  const ids = [...new Set([...first, ...pages.map(({ page }) => page).slice(-mostPages)])];
  const found: AcceptedPage[] = [];
  for (const id of ids) {
    const stored = await store.pages.read(id);
    if (stored.state === 'failed') return stored;
    if (stored.state === 'read') found.push(stored.page);
  }
  return found;
}

/** Enough for a year of nights. */
const mostCompared = 400;

async function similar(id: string, limit: number, serving: Serving): Promise<readonly SimilarIncident[] | Missing | Failed> {
  const stored = await readIncident(serving, id);
  if (stored.state !== 'read') return stored;
  const of = await serving.digests.of({ id, length: stored.events.length }, serving);
  if (of.state !== 'digested') return of;
  const listed = await serving.store.incidents.list({ limit: mostCompared, which: 'all' });
  if (listed.state === 'failed') return listed;
  const others: Compared[] = [];
  for (const summary of listed.incidents) {
    if (summary.id === id) continue;
    const digest = await serving.digests.of(summary, serving);
    if (digest.state === 'failed') return digest;
    // What was joined to another one is no night of its own.
    if (digest.state === 'digested' && digest.joinedTo === undefined)
      others.push({
        id: summary.id,
        openedAt: summary.openedAt,
        likeness: digest.likeness,
        summary: digest.summary ?? summary.alert ?? '',
      });
  }
  return rankSimilar(of.likeness, others)
    .slice(0, limit)
    .map(({ item, because }) => ({ id: item.id, openedAt: item.openedAt, because, summary: item.summary }));
}

interface Compared {
  readonly id: string;
  readonly openedAt: number;
  readonly likeness: Likeness;
  readonly summary: string;
}
