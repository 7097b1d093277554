import { spokenSubject } from '../../domain/subject.ts';
import type { IncidentSummary } from '../../ports/incident-store.ts';
import { canBeJoined, causeKey, leadingCause } from '../../workflow/leading-cause.ts';
import { adoptJob } from './jobs.ts';
import { readIncident, record } from './record.ts';
import type { Serving } from './serving.ts';

/** More that are open at the same time are not one trouble, but a monitoring that nobody looks at. */
const mostOpen = 200;

type Joining = Pick<Serving, 'store' | 'clock' | 'digests' | 'log'>;

/** Of several open incidents with the same leading cause the first one goes on; the others are joined to it. */
export async function joinTwins(id: string, serving: Joining): Promise<void> {
  const { store, digests, log } = serving;
  const read = await readIncident(serving, id);
  const cause = read.state === 'read' ? leadingCause(read.incident) : undefined;
  if (cause === undefined) return;
  const key = causeKey(cause);
  const listed = await store.incidents.list({ limit: mostOpen, which: 'open' });
  if (listed.state === 'failed') {
    log('warning', `Whether another incident has the cause of ${id} could not be seen: ${listed.happened}`);
    return;
  }
  const twins: IncidentSummary[] = [];
  for (const summary of listed.incidents) {
    const digest = await digests.of(summary, serving);
    if (digest.state === 'digested' && digest.isOpenHere && digest.cause === key) twins.push(summary);
  }
  const [first, ...later] = twins.toSorted((one, other) => one.openedAt - other.openedAt || (one.id < other.id ? -1 : 1));
  if (first === undefined) return;
  const because = `${cause.title}: ${spokenSubject(cause.subject)} is the cause of both.`;
  for (const twin of later) await join(twin.id, { first: first.id, key, because }, serving);
}

interface Join {
  readonly first: string;
  readonly key: string;
  readonly because: string;
}

async function join(id: string, { first, key, because }: Join, serving: Joining): Promise<void> {
  const recorded = await record(serving, { incident: id }, (incident) => {
    const cause = leadingCause(incident);
    const isStillTwin = cause !== undefined && causeKey(cause) === key && canBeJoined(incident);
    if (!isStillTwin) return { state: 'refused', because: 'It is something else by now.' };
    const at = serving.clock.now();
    return { state: 'record', happenings: [{ kind: 'joined', incident: first, because }], jobs: [adoptJob(first, id, at)] };
  });
  if (recorded.state === 'failed') serving.log('warning', `${id} could not be joined to ${first}: ${recorded.happened}`);
}
