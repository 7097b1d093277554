import type { Incident } from '../../domain/incident.ts';
import { millisecondsPerSecond } from '../../domain/instant.ts';
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

/** Whoever works it is asked again after this whether it is done. */
const busyMilliseconds = 2 * millisecondsPerSecond;

/** Works an incident as far as it goes by itself, unless somebody else does. */
export async function workOnIncident(
  job: TakenJob,
  { incident: id, goal }: { readonly incident: string; readonly goal: Goal },
  serving: Serving,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const read = await readIncident(serving, id);
  if (read.state === 'failed') return againBecause(read);
  if (read.state === 'missing') return { state: 'given-up', because: `There is no incident ${id}.` };
  if (hasNothingToDo(read.incident, goal, serving)) return done;
  const { clock, holder, store, underWork } = serving;
  const later: JobOutcome = { state: 'later', job: laterJob(job, clock.now() + busyMilliseconds) };
  // The lease tells processes apart, not two jobs of the same one.
  if (underWork.has(id)) return later;
  underWork.add(id);
  try {
    const lease = await Lease.take({ id, holder, store: store.incidents, clock, termMilliseconds });
    if (!(lease instanceof Lease)) return lease.state === 'failed' ? againBecause(lease) : later;
    return await whileRenewed(lease, serving, () => workLeased({ id, incident: read.incident, goal, lease }, serving, signal));
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

/** A server that died is known to be gone by this; its incidents go to another one then. */
const termMilliseconds = 12 * millisecondsPerSecond;
const renewMilliseconds = 3 * millisecondsPerSecond;

async function whileRenewed(lease: Lease, { pause }: Serving, work: () => Promise<JobOutcome>): Promise<JobOutcome> {
  const ended = new AbortController();
  const renewing = (async () => {
    for (;;) {
      await pause(renewMilliseconds, ended.signal);
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
  readonly goal: Goal;
  readonly lease: Lease;
}

async function workLeased({ id, incident, goal, lease }: Leased, serving: Serving, stop: AbortSignal): Promise<JobOutcome> {
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
    return await afterWork(id, worked, { lease, serving, stop });
  } finally {
    await Promise.allSettled(joining);
    await opened.close();
  }
}

/** What humans answered is in the incident; nobody is there to be asked. */
function approverIn({ clock }: Serving): Approver {
  return {
    ask: (attempt) => {
      const answered = standingAnswer(attempt, clock.now());
      return Promise.resolve(answered === undefined ? { answer: 'nobody' } : { answer: answered.answer, by: answered.by });
    },
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

interface After {
  readonly lease: Lease;
  readonly serving: Serving;
  readonly stop: AbortSignal;
}

async function afterWork(id: string, worked: Worked, { lease, serving, stop }: After): Promise<JobOutcome> {
  const { troubles, store, clock } = serving;
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
  return stored.state === 'failed' ? againBecause(stored) : done;
}

function unexplained(id: string): { readonly attempted: string; readonly happened: string } {
  return { attempted: `working incident ${id}`, happened: 'it was stopped' };
}
