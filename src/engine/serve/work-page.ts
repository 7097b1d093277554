import { type AcceptedPage, noIncident, seriesOf } from '../../domain/accepted-page.ts';
import { byItself, type IncidentHappening } from '../../domain/incident-event.ts';
import type { Incident } from '../../domain/incident.ts';
import { millisecondsPerDay } from '../../domain/instant.ts';
import { byReception, newsOf } from '../../domain/page-firings.ts';
import type { Opening } from '../../ports/incident-store.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import type { PageHistory } from '../../ports/page-intake.ts';
import type { Failed } from '../act/acting.ts';
import { againBecause, done, type JobOutcome } from './job-outcome.ts';
import { incidentJob, settleJob } from './jobs.ts';
import { tellOpening } from './telling.ts';
import { whereItIsWorked } from './where-it-is-worked.ts';
import { record } from './record.ts';
import { overAt } from './standing-of-pages.ts';
import type { Serving } from './serving.ts';

/** An incident that is open for longer has been forgotten. */
const historyMilliseconds = 30 * millisecondsPerDay;
/** More of one cause say nothing more. */
const mostHistory = 500;

/**
 * Brings a page to the incident of its cause, or opens one. Pages of one cause are worked in the order in which they came in, each
 * before its own job comes if need be: an end must not be looked at before its beginning.
 */
export async function workPage(id: string, serving: Serving): Promise<JobOutcome> {
  const { store, turns, log } = serving;
  const read = await store.pages.read(id);
  if (read.state === 'failed') return againBecause(read);
  if (read.state === 'missing') {
    log('error', `The page ${id} is to be worked, and is not in the store.`);
    return done;
  }
  if (read.incident !== undefined) return done;
  const { page } = read;
  return turns.take(page.fingerprint, async () => {
    const history = await store.pages.history(page.fingerprint, page.receivedAt - historyMilliseconds, mostHistory);
    if (history.state === 'failed') return againBecause(history);
    // Where many more came in since, this page is not among the latest.
    const others = history.pages.filter((kept) => kept.page.id !== page.id);
    let known: readonly KeptPage[] = [...others, { page }].toSorted((one, other) => byReception(one.page, other.page));
    for (const each of known.filter((kept) => kept.incident === undefined && byReception(kept.page, page) <= 0)) {
      const worked = await workOne(each.page, known, serving);
      if (worked.state === 'failed') return againBecause(worked);
      known = known.map((kept) => (kept === each ? { page: each.page, incident: worked.incident } : kept));
    }
    return done;
  });
}

type KeptPage = PageHistory['pages'][number];
type WorkedPage = { readonly state: 'worked'; readonly incident: string } | Failed;

async function workOne(page: AcceptedPage, known: readonly KeptPage[], serving: Serving): Promise<WorkedPage> {
  const before = known.filter((kept) => byReception(kept.page, page) < 0);
  const brought = await bringToIncident(page, before, serving);
  if (brought.state === 'failed') return brought;
  const assigned = await serving.store.pages.assign(page.id, brought.incident);
  return assigned.state === 'failed' ? assigned : brought;
}

async function bringToIncident(page: AcceptedPage, before: readonly KeptPage[], serving: Serving): Promise<WorkedPage> {
  const latest = before.findLast(hasIncident)?.incident;
  const went = latest === undefined ? undefined : await whereItIsWorked(latest, serving);
  if (went?.state === 'failed') return went;
  if (went?.state === 'read' && mayHold(went.incident, page, before)) return addTo(went.id, { page, before }, serving);
  // Its beginning was never told here: there is nothing that could be over.
  if (page.alert.state === 'resolved' && page.acknowledgedBy === undefined) return { state: 'worked', incident: noIncident };
  const opening = openingFor(page, serving);
  const created = await serving.store.incidents.create(opening, (id) => firstJobs(id, { page, before, opening }, serving));
  if (created.state === 'failed') return created;
  const found = await whereItIsWorked(created.id, serving);
  if (found.state === 'failed') return found;
  return addTo(found.state === 'read' ? found.id : created.id, { page, before }, serving);
}

function hasIncident({ incident }: KeptPage): boolean {
  return incident !== undefined && incident !== noIncident;
}

/** A closed incident takes what belongs to its past; what fires after it was closed is trouble anew. */
function mayHold(incident: Incident, page: AcceptedPage, before: readonly KeptPage[]): boolean {
  const { closed } = incident;
  if (closed === undefined || page.alert.state === 'resolved') return true;
  return page.receivedAt <= closed.at && newsOf(page, recordedOf(incident, page, before)) !== 'news';
}

function openingFor(page: AcceptedPage, { clock, cluster, sourceOf }: Serving): Opening {
  const { name, summary, startedAt } = page.alert;
  return {
    kind: 'opened',
    at: clock.now(),
    by: byItself,
    alert: { name, summary, ...(startedAt === undefined ? {} : { startedAt }) },
    cluster,
    source: sourceOf(page),
    cause: { page: page.id, fingerprint: page.fingerprint, series: seriesOf(page) },
  };
}

interface First {
  readonly page: AcceptedPage;
  readonly before: readonly KeptPage[];
  readonly opening: Opening;
}

function firstJobs(incident: string, { page, before, opening }: First, serving: Serving): readonly JobRequest[] {
  const { at } = opening;
  const earlier = before.map((kept) => kept.page);
  const told = tellOpening({ incident, page, earlier }, serving);
  return [incidentJob(incident, { goal: 'follow-through', length: 1, at }), ...told];
}

interface Addition {
  readonly page: AcceptedPage;
  readonly before: readonly KeptPage[];
}

/** Asked again after a crash it finds what was recorded before, and records nothing twice. */
async function addTo(incident: string, addition: Addition, serving: Serving): Promise<WorkedPage> {
  const { page, before } = addition;
  const recorded = await record(serving, { incident, by: page.acknowledgedBy ?? byItself }, (current, length) => {
    const happening = whatIsNew(current, addition);
    if (happening === undefined) return { state: 'record', happenings: [], jobs: [] };
    const next = length + 1;
    return { state: 'record', happenings: [happening], jobs: jobsAfter(incident, { page, before, next, current }, serving) };
  });
  if (recorded.state === 'recorded') return { state: 'worked', incident };
  if (recorded.state === 'failed') return recorded;
  throw new Error(`The incident ${incident} was there a moment ago, and nothing is ever forgotten.`);
}

function whatIsNew(incident: Incident, { page, before }: Addition): IncidentHappening | undefined {
  if (page.acknowledgedBy !== undefined) return incident.acknowledged === undefined ? { kind: 'acknowledged' } : undefined;
  if (pagesOf(incident).includes(page.id) || newsOf(page, recordedOf(incident, page, before)) !== 'news') return undefined;
  const { name, summary, state } = page.alert;
  return { kind: 'paged', page: page.id, alert: { name, summary }, state, series: seriesOf(page) };
}

/** Of the page's own alert, those that the incident tells of. What it does not tell of was no news. */
function recordedOf(incident: Incident, page: AcceptedPage, before: readonly KeptPage[]): readonly AcceptedPage[] {
  const series = seriesOf(page);
  const recorded = new Set(pagesOf(incident));
  return before.flatMap((kept) => (recorded.has(kept.page.id) && seriesOf(kept.page) === series ? [kept.page] : []));
}

function pagesOf({ cause, pages }: Incident): readonly string[] {
  return [...(cause === undefined ? [] : [cause.page]), ...pages.map(({ page }) => page)];
}

interface After extends Addition {
  readonly current: Incident;
  /** Number of events with what is recorded. */
  readonly next: number;
}

function jobsAfter(incident: string, { page, before, next, current }: After, { clock }: Serving): readonly JobRequest[] {
  if (page.acknowledgedBy !== undefined || current.closed !== undefined) return [];
  const at = clock.now();
  if (page.alert.state === 'firing') return [incidentJob(incident, { goal: 'follow-through', length: next, at })];
  return [settleJob(incident, next, overAt([...before.map((kept) => kept.page), page], at) ?? at)];
}
