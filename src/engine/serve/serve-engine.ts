import type { AnyFailureMode } from '../../domain/failure-mode.ts';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import { Digests } from './digests.ts';
import { deliver, remind } from './deliver.ts';
import type { JobHandler } from './job-outcome.ts';
import { deliveryWork, incidentWork, type JobKind, pageWork, reminderWork } from './jobs.ts';
import { News } from './news.ts';
import { servedAccess } from './served-access.ts';
import { servedAsking } from './served-asking.ts';
import type { ServedIncidents } from './served-incidents.ts';
import { servedPages } from './served-pages.ts';
import { servedReading } from './served-reading.ts';
import type { Serving } from './serving.ts';
import { storeThatTells } from './store-that-tells.ts';
import { causedBy } from './telling.ts';
import { workTimer } from './timers.ts';
import { Turns } from './turns.ts';
import { type Pool, startWorker } from './worker.ts';
import type { Hands } from './work-one-job.ts';
import { workOnIncident } from './work-on-incident.ts';
import { workPage } from './work-page.ts';

export type EngineParts = Omit<Serving, 'news' | 'turns' | 'digests' | 'underWork' | 'workedUpTo' | 'troubles'> & {
  readonly catalogue: readonly AnyFailureMode[];
};

export interface ServeEngine {
  readonly incidents: ServedIncidents;
  /** What a worker needs. `start` uses it; a test may do the jobs one by one. */
  readonly hands: Hands;
  readonly start: () => Working;
}

export interface Working {
  readonly stop: () => Promise<void>;
  /** Fails on a bug of ours. */
  readonly ended: Promise<void>;
}

/** An incident that is acted on is watched for minutes; what else comes in must not wait for that. */
const pools: readonly Pool[] = [
  { kinds: ['work-page', 'timer', 'remind'], mostAtOnce: 4 },
  { kinds: ['work-incident'], mostAtOnce: 8 },
  // Chats and ticket systems that do not answer keep nobody but each other waiting.
  { kinds: ['deliver'], mostAtOnce: 4 },
];

/** The part of a server that works: pages in, incidents worked, people told. Surfaces speak to it through its incidents. */
export function serveEngine(parts: EngineParts): ServeEngine {
  const { catalogue, targets, clock, pause, holder, log } = parts;
  const news = new News();
  let wake: () => void = () => undefined;
  const store = storeThatTells(parts.store, {
    causes: (event, of) => causedBy(event, of, targets),
    stored: (incident, length) => news.stored(incident, length),
    asked: () => wake(),
  });
  const shared = { news, turns: new Turns(), digests: new Digests(), underWork: new Set<string>() };
  const serving: Serving = { ...parts, ...shared, store, workedUpTo: new Map(), troubles: new Map() };
  const hands: Hands = { jobs: store.jobs, handlers: handlersOf(serving), clock, pause, worker: holder.name, log };
  return {
    hands,
    incidents: { ...servedReading(serving), ...servedAsking(serving), ...servedPages(serving), ...servedAccess(serving), catalogue },
    start: () => {
      const worker = startWorker(hands, pools);
      wake = worker.wake;
      const listening = new AbortController();
      const heard = hearOthers(serving, listening.signal);
      return {
        ended: worker.ended,
        stop: async () => {
          listening.abort();
          await Promise.all([worker.stop(), heard]);
        },
      };
    },
  };
}

function handlersOf(serving: Serving): { readonly [Kind in JobKind]: JobHandler } {
  return {
    'work-page': ({ payload }) => workPage(pageWork.parse(payload).page, serving),
    'work-incident': (job, signal) => workOnIncident(job, incidentWork.parse(job.payload), serving, signal),
    timer: (job, signal) => workTimer(job, serving, signal),
    remind: ({ payload }) => remind(reminderWork.parse(payload), serving),
    deliver: ({ payload }, signal) => deliver(deliveryWork.parse(payload), serving, signal),
  };
}

const listenMilliseconds = millisecondsPerSecond;
/** Clocks of replicas differ by less than this, or nothing works. */
const clockMilliseconds = 10 * millisecondsPerSecond;
const mostHeard = 100;

/** What other processes store is told to those who follow here. */
async function hearOthers({ store, news, clock, pause }: Serving, stop: AbortSignal): Promise<void> {
  let since = clock.now();
  while (!stop.aborted) {
    await pause(listenMilliseconds, stop);
    if (stop.aborted || !news.isFollowed) continue;
    const now = clock.now();
    const listed = await store.incidents.list({ limit: mostHeard, which: 'all', activeSince: since - clockMilliseconds });
    if (listed.state === 'failed') continue;
    since = now;
    for (const { id, length } of listed.incidents) news.stored(id, length);
  }
}
