import type { Incident } from '../../domain/incident.ts';
import { type Instant, millisecondsPerSecond } from '../../domain/instant.ts';
import type { Announcer } from '../../ports/announcer.ts';
import type { JobRequest, TakenJob } from '../../ports/job-queue.ts';
import { nextStep } from '../../workflow/next-step.ts';
import { standingAnswer } from '../../workflow/standing-answer.ts';
import type { Goal, Step } from '../../workflow/step.ts';
import type { Approver, Follower } from '../act/acting.ts';
import { Lease } from '../act/lease.ts';
import { type Worked, workIncident } from '../act/work-incident.ts';
import { againBecause, done, type JobOutcome } from './job-outcome.ts';
import { laterJob, settleJob } from './jobs.ts';
import { joinTwins } from './join-twins.ts';
import { readIncident } from './record.ts';
import type { Serving } from './serving.ts';
import { tellResting } from './telling.ts';
import { whyNoLonger } from './why-no-longer.ts';
import { beatMilliseconds, termMilliseconds } from './work-one-job.ts';

/** Whoever works it is asked again after this whether it is done. */
const busyMilliseconds = 2 * millisecondsPerSecond;

/** Works an incident as far as it goes by itself, unless somebody else does. */
export async function workOnIncident(
  job: TakenJob,
  { incident: id, goal, length }: { readonly incident: string; readonly goal: Goal; readonly length?: number | undefined },
  serving: Serving,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const read = await readIncident(serving, id);
  if (read.state === 'failed') return againBecause(read);
  if (read.state === 'missing') return { state: 'given-up', because: `There is no incident ${id}.` };
  const { clock, holder, store, underWork, workedUpTo } = serving;
  const isWorked = goal === 'follow-through' && length !== undefined && length <= (workedUpTo.get(id) ?? 0);
  if (isWorked || hasNothingToDo(read.incident, goal, serving)) return done;
  const later = (at: Instant): JobOutcome => ({ state: 'later', job: laterJob(job, Math.min(at, clock.now() + busyMilliseconds)) });
  // The lease tells processes apart, not two jobs of the same one.
  if (underWork.has(id)) return later(Infinity);
  underWork.add(id);
  try {
    const lease = await Lease.take({ id, holder, store: store.incidents, clock, termMilliseconds });
    if (!(lease instanceof Lease))
      return lease.state === 'failed' ? againBecause(lease) : later(lease.state === 'taken' ? lease.until : Infinity);
    const { incident, events } = read;
    return await whileRenewed(lease, serving, () => workLeased({ id, incident, upTo: events.length, goal, lease }, serving, signal));
  } finally {
    underWork.delete(id);
  }
}

/** Opening the sources of a cluster for nothing is what a storm must not do. */
function hasNothingToDo(incident: Incident, goal: Goal, serving: Serving): boolean {
  return stepTowards(goal, incident, serving) === 'rest';
}

function isOver(incident: Incident, serving: Serving): boolean {
  return stepTowards('settle', incident, serving) === 'close';
}

function stepTowards(goal: Goal, incident: Incident, { clock }: Serving): Step['kind'] {
  const now = clock.now();
  return nextStep(incident, goal, { now, startedAt: now, patience: { soakMilliseconds: 0, withinMilliseconds: 0 } }).kind;
}

async function whileRenewed(lease: Lease, { pause }: Serving, work: () => Promise<JobOutcome>): Promise<JobOutcome> {
  const ended = new AbortController();
  const renewing = (async () => {
    for (;;) {
      await pause(beatMilliseconds, ended.signal);
      if (ended.signal.aborted) return;
      await lease.renew();
    }
  })();
  try {
    return await work();
  } finally {
    ended.abort();
    await renewing;
    await lease.release();
  }
}

interface Leased {
  readonly id: string;
  readonly incident: Incident;
  /** Number of its events. */
  readonly upTo: number;
  readonly goal: Goal;
  readonly lease: Lease;
}

async function workLeased({ id, incident, upTo, goal, lease }: Leased, serving: Serving, stop: AbortSignal): Promise<JobOutcome> {
  const { workshop, store, troubles } = serving;
  const signal = AbortSignal.any([stop, lease.signal]);
  const joining: Promise<void>[] = [];
  const follower: Follower = {
    happened: (event) => {
      if (event.kind === 'investigated') joining.push(joinTwins(id, serving));
    },
    rehearsed: () => undefined,
  };
  const wish = {
    incident,
    goal,
    lease,
    store: store.incidents,
    approver: approverIn(serving),
    announcer: announcerOf(id, serving),
    follower,
  };
  const opened = await workshop.open(wish, signal);
  if (opened.state === 'failed') {
    troubles.set(id, opened);
    return signal.aborted ? { state: 'stopped' } : againBecause(opened);
  }
  try {
    const worked = await workIncident(id, opened.acting, signal);
    await Promise.all(joining);
    return await afterWork({ id, upTo, worked }, { lease, serving, stop });
  } finally {
    await Promise.allSettled(joining);
    await opened.close();
  }
}

/** What humans answered is in the incident; nobody is there to be asked. */
function approverIn(serving: Serving): Approver {
  return {
    ask: (attempt) => {
      const answered = standingAnswer(attempt, serving.clock.now());
      return Promise.resolve(answered === undefined ? { answer: 'nobody' } : { answer: answered.answer, by: answered.by });
    },
    whyNoLonger: (attempt) => whyNoLonger(serving, attempt),
  };
}

function announcerOf(id: string, { news }: Serving): Announcer {
  return {
    announce: (happening) => {
      if (happening.kind === 'progress') news.progress(id, happening.text);
      if (happening.kind === 'thought') news.progress(id, happening.thought.question);
    },
  };
}

interface Run {
  readonly id: string;
  readonly upTo: number;
  readonly worked: Worked;
}

interface After {
  readonly lease: Lease;
  readonly serving: Serving;
  readonly stop: AbortSignal;
}

async function afterWork({ id, upTo, worked }: Run, { lease, serving, stop }: After): Promise<JobOutcome> {
  const { troubles, store, clock, workedUpTo } = serving;
  if (worked.state === 'failed') {
    troubles.set(id, worked);
    return againBecause(worked);
  }
  troubles.delete(id);
  if (worked.resting === 'stopped') return stop.aborted ? { state: 'stopped' } : againBecause(lease.lost ?? unexplained(id));
  const read = await readIncident(serving, id);
  if (read.state === 'failed') return againBecause(read);
  if (read.state === 'missing') return done;
  const length = read.events.length;
  const following: readonly JobRequest[] = [
    // Its end may have been paged while it was worked.
    ...(isOver(read.incident, serving) ? [settleJob(id, length, clock.now())] : []),
    ...tellResting({ id, incident: read.incident, worked }, serving),
  ];
  const stored = await store.jobs.enqueue(following);
  if (stored.state === 'failed') return againBecause(stored);
  workedUpTo.set(id, upTo);
  return done;
}

function unexplained(id: string): { readonly attempted: string; readonly happened: string } {
  return { attempted: `working incident ${id}`, happened: 'it was stopped' };
}
