import type { IncidentHappening } from '../../domain/incident-event.ts';
import type { Incident } from '../../domain/incident.ts';
import { millisecondsPerDay } from '../../domain/instant.ts';
import type { TakenJob } from '../../ports/job-queue.ts';
import { againBecause, done, type JobOutcome } from './job-outcome.ts';
import { laterJob, timerWork } from './jobs.ts';
import { readIncident, record } from './record.ts';
import type { Serving } from './serving.ts';
import { overAt } from './standing-of-pages.ts';
import { workOnIncident } from './work-on-incident.ts';

/** What happens by itself when its time has come. */
export async function workTimer(job: TakenJob, serving: Serving, signal: AbortSignal): Promise<JobOutcome> {
  const work = timerWork.parse(job.payload);
  switch (work.what) {
    case 'settle':
      return settle(job, work.incident, serving, signal);
    case 'adopt':
      return adoptPages(work, serving);
    case 'close-joined':
      return closeJoined(work.incident, serving);
  }
}

/** Pages of one cause that are older have no part in whether it flaps tonight. */
const flapHistoryMilliseconds = millisecondsPerDay;
const mostHistory = 500;

/** Closes what is over, and has been for a while: what ended a moment ago may come back. */
async function settle(job: TakenJob, id: string, serving: Serving, signal: AbortSignal): Promise<JobOutcome> {
  const read = await readIncident(serving, id);
  if (read.state === 'failed') return againBecause(read);
  const cause = read.state === 'read' ? read.incident.cause : undefined;
  if (cause === undefined) return done;
  const now = serving.clock.now();
  const history = await serving.store.pages.history(cause.fingerprint, now - flapHistoryMilliseconds, mostHistory);
  if (history.state === 'failed') return againBecause(history);
  const pages = history.pages.map(({ page }) => page);
  const at = overAt(pages, now) ?? now;
  if (at > now) return { state: 'later', job: laterJob(job, at) };
  return workOnIncident(job, { incident: id, goal: 'settle' }, serving, signal);
}

/** From here on the pages of the joined incident count for the one that it was joined to. */
async function adoptPages(
  { incident: first, joined }: { readonly incident: string; readonly joined: string },
  serving: Serving,
): Promise<JobOutcome> {
  const read = await readIncident(serving, joined);
  if (read.state === 'failed') return againBecause(read);
  if (read.state === 'missing') return done;
  const recorded = await record(serving, { incident: first }, (current) => ({
    state: 'record',
    happenings: pagesOf(read.incident).filter(({ page }) => !pagesOf(current).some((each) => each.page === page)),
    jobs: [],
  }));
  return recorded.state === 'failed' ? againBecause(recorded) : done;
}

type Paged = Extract<IncidentHappening, { readonly kind: 'paged' }>;

function pagesOf({ cause, alert, pages }: Incident): readonly Paged[] {
  const { name = 'alert', summary = '' } = alert ?? {};
  const opening: readonly Paged[] =
    cause === undefined ? [] : [{ kind: 'paged', page: cause.page, alert: { name, summary }, state: 'firing', series: cause.series }];
  return [...opening, ...pages.map(({ page, alert: of, state, series }): Paged => ({ kind: 'paged', page, alert: of, state, series }))];
}

/** More that are open at the same time are not one trouble, but a monitoring that nobody looks at. */
const mostOpen = 500;

async function closeJoined(id: string, serving: Serving): Promise<JobOutcome> {
  const listed = await serving.store.incidents.list({ limit: mostOpen, which: 'open' });
  if (listed.state === 'failed') return againBecause(listed);
  for (const summary of listed.incidents) {
    const digest = await serving.digests.of(summary, serving);
    if (digest.state === 'failed') return againBecause(digest);
    if (digest.state === 'missing' || digest.joinedTo !== id) continue;
    const recorded = await record(serving, { incident: summary.id }, ({ joined, closed }) =>
      joined?.incident === id && closed === undefined
        ? { state: 'record', happenings: [{ kind: 'closed', looseEnds: [], followUps: [] }], jobs: [] }
        : { state: 'refused', because: 'It is another one.' },
    );
    if (recorded.state === 'failed') return againBecause(recorded);
  }
  return done;
}
