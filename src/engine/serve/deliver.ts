import type { Delivery } from '../../domain/delivery.ts';
import type { Incident } from '../../domain/incident.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import type { DeliveryTarget } from '../../ports/delivery-target.ts';
import { writeWords } from '../../writing/markdown/actions.ts';
import { writeIncidentReport } from '../../writing/markdown/incident-report.ts';
import type { Failed } from '../act/acting.ts';
import { shownIncident } from '../shown-incident.ts';
import { againBecause, done, type JobOutcome } from './job-outcome.ts';
import type { DeliveryWork, ReminderWork } from './jobs.ts';
import { readIncident, record } from './record.ts';
import type { Serving } from './serving.ts';
import { toEach } from './telling.ts';

/** A target that does not answer must not hold a worker for longer. */
const deliveryMilliseconds = millisecondsPerMinute;

/** Tells one target, and records that it was told. */
export async function deliver(work: DeliveryWork, serving: Serving, signal: AbortSignal): Promise<JobOutcome> {
  const target = serving.targets.find(({ name }) => name === work.target);
  if (target === undefined) return { state: 'given-up', because: `There is no target "${work.target}" in the configuration any more.` };
  const read = await readIncident(serving, work.incident);
  if (read.state === 'failed') return againBecause(read);
  if (read.state === 'missing') return { state: 'given-up', because: `There is no incident ${work.incident}.` };
  const { incident } = read;
  const pagers = await pagerDutyIncidents(incident, serving);
  if ('attempted' in pagers) return againBecause(pagers);
  for (const delivery of deliveriesFor(work, { target, incident, pagers, serving })) {
    if (incident.deliveries.some((each) => each.key === delivery.key && each.target === target.name)) continue;
    const outcome = await tell(target, delivery, serving, signal);
    if (outcome.state !== 'done') return outcome;
  }
  return done;
}

async function tell(target: DeliveryTarget, delivery: Delivery, serving: Serving, signal: AbortSignal): Promise<JobOutcome> {
  const outcome = await target.deliver(delivery, AbortSignal.any([signal, AbortSignal.timeout(deliveryMilliseconds)]));
  if (outcome.state === 'refused') return { state: 'given-up', because: `${target.name}: ${outcome.because}` };
  if (outcome.state === 'failed') {
    if (signal.aborted) return { state: 'stopped' };
    const { because, retryAfterMilliseconds: patience } = outcome;
    return {
      state: 'again',
      because: `${target.name}: ${because}`,
      ...(patience === undefined ? {} : { at: serving.clock.now() + patience }),
    };
  }
  const { key, incident, kind, title } = delivery;
  const { link } = outcome;
  const recorded = await record(serving, { incident }, (current) => {
    const isRecorded = current.deliveries.some((each) => each.key === key && each.target === target.name);
    const told = {
      kind: 'delivered',
      key,
      target: target.name,
      what: `${kind}: ${title}`,
      ...(link === undefined ? {} : { link }),
    } as const;
    return { state: 'record', happenings: isRecorded ? [] : [told], jobs: [] };
  });
  return recorded.state === 'failed' ? againBecause(recorded) : done;
}

interface Context {
  readonly target: DeliveryTarget;
  readonly incident: Incident;
  readonly pagers: readonly string[];
  readonly serving: Serving;
}

/** A pager is told of each of its incidents, and of none that is not its own. */
function deliveriesFor(work: DeliveryWork, { target, incident, pagers, serving }: Context): readonly Delivery[] {
  if (target.isPager === true) return pagers.map((pager) => deliveryOf(work, { incident, pager, serving, key: `${work.key}/${pager}` }));
  return [deliveryOf(work, { incident, pager: pagers[0], serving, key: work.key })];
}

interface Form {
  readonly incident: Incident;
  readonly pager: string | undefined;
  readonly serving: Serving;
  readonly key: string;
}

function deliveryOf(work: DeliveryWork, { incident, pager, serving, key }: Form): Delivery {
  const { incident: id, kind, title, state = '', due = 0 } = work;
  const { publicAddress } = serving;
  const text = work.text === undefined ? writeIncidentReport(id, shownIncident(incident)) : writeWords(work.text);
  const shared = { key, incident: id, title, text, ...(publicAddress === undefined ? {} : { link: `${publicAddress}/incidents/${id}` }) };
  const from = pager === undefined ? {} : { pagerDutyIncident: pager };
  switch (kind) {
    case 'status':
      return { ...shared, kind, state, ...from };
    case 'notes':
      return { ...shared, kind, ...from };
    case 'ticket':
      return { ...shared, kind };
    case 'reminder':
      return { ...shared, kind, due };
  }
}

async function pagerDutyIncidents({ cause, pages }: Incident, { store }: Serving): Promise<readonly string[] | Failed> {
  const found = new Set<string>();
  // Of one series all pages are of the same incident there.
  const bySeries = new Map(pages.map(({ series, page }) => [series, page]));
  const ids = [...(cause === undefined ? [] : [cause.page]), ...bySeries.values()];
  for (const id of new Set(ids)) {
    const read = await store.pages.read(id);
    if (read.state === 'failed') return read;
    if (read.state === 'read' && read.page.pagerDutyIncident !== undefined) found.add(read.page.pagerDutyIncident);
  }
  return [...found];
}

/** Its time has come: whoever takes reminders by now is told. */
export async function remind(work: ReminderWork, serving: Serving): Promise<JobOutcome> {
  const { incident, title, text, due } = work;
  const jobs = toEach(
    { key: `${incident}/reminder/${due}`, incident, kind: 'reminder', title, text, due },
    serving.targets,
    serving.clock.now(),
  );
  if (jobs.length === 0) serving.log('warning', `Nobody takes reminders; ${incident} had one: ${title}`);
  const stored = await serving.store.jobs.enqueue(jobs);
  return stored.state === 'failed' ? againBecause(stored) : done;
}
