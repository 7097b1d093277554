import { tellingInvestigation } from '../../domain/telling-investigation.ts';
import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import type { Incident } from '../../domain/incident.ts';
import { type Instant, parseInstant } from '../../domain/instant.ts';
import { spokenSubject } from '../../domain/subject.ts';
import type { DeliveryTarget } from '../../ports/delivery-target.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import type { Worked } from '../act/work-incident.ts';
import { closeJoinedJob, deliverJob, remindJob, type Telling } from './jobs.ts';
import type { Serving } from './serving.ts';
import { standingOfPages } from './standing-of-pages.ts';

type Tellers = Pick<Serving, 'targets' | 'clock'>;

interface Opening {
  readonly incident: string;
  readonly page: AcceptedPage;
  /** Of the same cause, before this one. */
  readonly earlier: readonly AcceptedPage[];
}

/** That something is wrong is told at once; what flaps was told before, and is told again only where somebody is needed. */
export function tellOpening({ incident, page, earlier }: Opening, serving: Tellers): readonly JobRequest[] {
  const now = serving.clock.now();
  const standing = standingOfPages([...earlier, page], now);
  if (standing.state === 'flapping') return [];
  const text = earlier.length === 0 ? page.alert.summary : `${page.alert.summary}\n\n${standing.because}`;
  return toEach(status({ incident, state: 'queued', of: 'opened', title: `Incident: ${page.alert.summary}`, text }), serving.targets, now);
}

/** What follows from an event by itself: who is told, and what is to be done later. Stored together with the event. */
export function causedBy(
  event: IncidentEvent,
  { incident, position }: { readonly incident: string; readonly position: number },
  targets: readonly DeliveryTarget[],
): readonly JobRequest[] {
  const told = tellingOf(event, incident, position);
  const jobs = told === undefined ? [] : toEach(told, targets, event.at);
  return event.kind === 'closed' ? [...jobs, ...afterClosing(event, incident, targets)] : jobs;
}

function tellingOf(event: IncidentEvent, incident: string, position: number): Telling | undefined {
  const of = String(position);
  switch (event.kind) {
    case 'approved':
      return status({ incident, of, state: 'acting', title: 'A plan is carried out', text: `Approved by ${event.approval.by}.` });
    case 'judged':
      return status({ incident, of, ...judged[event.judgement], text: event.because.join('; ') });
    case 'joined':
      return status({ incident, of, state: 'joined', title: `Worked on in ${event.incident}`, text: event.because });
    case 'aborted':
      return status({ incident, of, state: 'aborted', title: 'Stopped: nothing more is done by itself', text: event.because });
    case 'closed':
      return status({ incident, of, state: 'closed', title: 'Closed', text: spokenEnds(event) });
    default:
      return undefined;
  }
}

const judged = {
  confirmed: { state: 'mitigated', title: 'Users are served again' },
  worse: { state: 'acting', title: 'It got worse, and is put back' },
  'no-better': { state: 'acting', title: 'It did not help, and is put back' },
  'cannot-tell': { state: 'needs-human', title: 'Whether it helped cannot be told' },
} as const;

type Closed = Extract<IncidentEvent, { readonly kind: 'closed' }>;

function spokenEnds({ looseEnds }: Closed): string {
  const left = looseEnds.filter(({ state }) => state !== 'closed');
  return left.length === 0 ? 'Nothing was left in the cluster.' : left.map(({ says }) => `- ${says}`).join('\n');
}

/** The notes, a ticket for each durable fix, and the reminder when it is due. */
function afterClosing({ at, followUps }: Closed, incident: string, targets: readonly DeliveryTarget[]): readonly JobRequest[] {
  const notes: Telling = { key: `${incident}/notes`, incident, kind: 'notes', title: 'Incident notes' };
  const tickets = followUps
    .filter(({ kind }) => kind === 'ticket')
    .map(({ title, text }, index): Telling => ({ key: `${incident}/ticket/${index + 1}`, incident, kind: 'ticket', title, text }));
  const reminders = followUps.flatMap(({ kind, title, text, due: written }) => {
    const due = kind === 'reminder' ? parseInstant(written) : undefined;
    return due === undefined ? [] : [remindJob({ incident, title, text, due })];
  });
  return [...[notes, ...tickets].flatMap((each) => toEach(each, targets, at)), ...reminders, closeJoinedJob(incident, at)];
}

interface Resting {
  readonly id: string;
  readonly incident: Incident;
  readonly worked: Extract<Worked, { readonly state: 'rested' }>;
}

/** Where the work came to rest, if it needs somebody, or nobody after all. Each is told once for each attempt. */
export function tellResting({ id, incident, worked }: Resting, { targets, clock }: Tellers): readonly JobRequest[] {
  const { resting, because } = worked;
  const [state, title] = titles(incident)[resting] ?? [];
  if (state === undefined || title === undefined) return [];
  const summary = tellingInvestigation(incident)?.summary;
  const text = [summary, because].filter((each) => each !== undefined).join('\n\n');
  return toEach(status({ incident: id, of: `${state}/${incident.attempts.length}`, state, title, text }), targets, clock.now());
}

function titles({ attempts }: Incident): { readonly [Resting in string]?: readonly [state: string, title: string] } {
  const plan = attempts.at(-1)?.plan;
  const what = plan === undefined ? 'A plan' : `${plan.id} of ${spokenSubject(plan.subject)}`;
  return {
    waiting: ['waiting-for-approval', `${what} waits for your approval`],
    'needs-human': ['needs-human', 'This needs a human'],
    'gate-closed': ['gate-closed', 'Mitigated; not put back yet'],
    'nothing-to-do': ['nothing-to-do', 'Nothing to do'],
  };
}

interface Status {
  readonly incident: string;
  /** Tells this occasion from others in the incident. */
  readonly of: string;
  readonly state: string;
  readonly title: string;
  readonly text: string;
}

function status({ incident, of, state, title, text }: Status): Telling {
  return { key: `${incident}/status/${of}`, incident, kind: 'status', state, title, text };
}

export function toEach(telling: Telling, targets: readonly DeliveryTarget[], at: Instant): readonly JobRequest[] {
  return targets.filter(({ takes }) => takes.includes(telling.kind)).map(({ name }) => deliverJob(name, telling, at));
}
