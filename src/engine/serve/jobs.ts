import { z } from 'zod';
import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { Delivery } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { JsonValue } from '../../domain/prepared-change.ts';
import type { JobRequest } from '../../ports/job-queue.ts';

/** Tries are a day apart from the first, or more: whatever kept the work from being done by then needs a human. */
const mostTries = 1000;
/** Twenty hours at five minutes each: a chat that does not answer for most of a day is not told what it was to be told at night. */
const mostDeliveries = 250;

export const pageWork = z.object({ page: z.string() });
/** `length`: number of events at which it was asked for. Absent: an earlier version asked. */
export const incidentWork = z.object({
  incident: z.string(),
  goal: z.enum(['follow-through', 'restore', 'undo']),
  length: z.number().optional(),
});
export const timerWork = z.discriminatedUnion('what', [
  z.object({ what: z.literal('settle'), incident: z.string() }),
  /** The pages of an incident that was joined count for the other one. */
  z.object({ what: z.literal('adopt'), incident: z.string(), joined: z.string() }),
  /** What was joined to a closed incident is over with it. */
  z.object({ what: z.literal('close-joined'), incident: z.string() }),
]);
export const reminderWork = z.object({ incident: z.string(), title: z.string(), text: z.string(), due: z.number() });
/** `what`: in a few words. `text`: Markdown. Absent: the notes, as they are when they are delivered. */
export const deliveryWork = z.object({
  target: z.string(),
  key: z.string(),
  incident: z.string(),
  kind: z.enum(['status', 'notes', 'ticket', 'reminder']),
  title: z.string(),
  text: z.string().optional(),
  /** Of a status. */
  state: z.string().optional(),
  /** Of a reminder. */
  due: z.number().optional(),
});

export type ReminderWork = z.output<typeof reminderWork>;
export type DeliveryWork = z.output<typeof deliveryWork>;
/** What is to be told, whoever is told. */
export type Telling = Omit<DeliveryWork, 'target'> & { readonly kind: Delivery['kind'] };

export function pageJob({ id, receivedAt }: AcceptedPage): JobRequest {
  return job('work-page', id, { page: id }, receivedAt);
}

/** `length`: number of events at which it was asked for; another occasion has another. */
export function incidentJob(
  incident: string,
  { goal, length, at }: { readonly goal: z.output<typeof incidentWork>['goal']; readonly length: number; readonly at: Instant },
): JobRequest {
  return job('work-incident', `${incident}/${length}/${goal}`, { incident, goal, length }, at);
}

export function settleJob(incident: string, length: number, at: Instant): JobRequest {
  return job('timer', `settle/${incident}/${length}`, { what: 'settle', incident }, at);
}

export function adoptJob(incident: string, joined: string, at: Instant): JobRequest {
  return job('timer', `adopt/${incident}/${joined}`, { what: 'adopt', incident, joined }, at);
}

export function closeJoinedJob(incident: string, at: Instant): JobRequest {
  return job('timer', `close-joined/${incident}`, { what: 'close-joined', incident }, at);
}

export function remindJob(work: ReminderWork): JobRequest {
  return job('remind', `${work.incident}/${work.due}`, work, work.due);
}

export function deliverJob(target: string, telling: Telling, at: Instant): JobRequest {
  const payload: DeliveryWork = { ...telling, target };
  // Its form is that of JSON, but for what is absent.
  return { ...job('deliver', `${target}/${telling.key}`, JSON.parse(JSON.stringify(payload)), at), mostTries: mostDeliveries };
}

/** The same work, to be begun anew at another time: its tries are not used up by waiting for somebody else. */
export function laterJob(request: JobRequest, at: Instant): JobRequest {
  const { kind, key, payload, mostTries: tries } = request;
  return { kind, key: `${key.replace(/ at \d+$/, '')} at ${at}`, payload, runAt: at, mostTries: tries };
}

function job(kind: JobKind, key: string, payload: JsonValue, runAt: Instant): JobRequest {
  return { kind, key, payload, runAt, mostTries };
}

export const jobKinds = ['work-page', 'work-incident', 'timer', 'remind', 'deliver'] as const;
export type JobKind = (typeof jobKinds)[number];
