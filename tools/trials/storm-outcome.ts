import { type Incident, incidentOf } from '../../src/domain/incident.ts';
import type { ServerStore } from '../../src/ports/server-store.ts';
import { firingAlerts } from '../../src/workflow/is-over.ts';

/** What became of a storm, as the store tells it. */
export interface StormOutcome {
  /** Of the pages that a sender was told to be accepted: those that are not there, or went to no incident. */
  readonly lost: readonly string[];
  readonly incidents: readonly Incident[];
  readonly firing: number;
  /** Pages that are told of in incidents. */
  readonly pagesTold: number;
  /** What stands in an incident twice: a page, a delivery, an investigation. */
  readonly twice: readonly string[];
  /** How often each incident was investigated, and how many plans were made: the different answers. */
  readonly worked: readonly string[];
}

export async function outcomeOf(store: ServerStore, accepted: ReadonlySet<string>): Promise<StormOutcome> {
  const lost: string[] = [];
  for (const id of accepted) {
    const read = await store.pages.read(id);
    if (read.state !== 'read' || read.incident === undefined) lost.push(`${id}: ${read.state}`);
  }
  const incidents = await incidentsIn(store);
  return {
    lost,
    incidents,
    firing: incidents.filter((each) => firingAlerts(each).length > 0).length,
    pagesTold: incidents.reduce((sum, each) => sum + pagesOf(each).length, 0),
    twice: incidents.flatMap((each) => [...repeated(pagesOf(each)), ...repeated(each.deliveries.map(({ key }) => key))]),
    worked: [...new Set(incidents.map(spokenWork))].toSorted(),
  };
}

async function incidentsIn(store: ServerStore): Promise<readonly Incident[]> {
  const listed = await store.incidents.list({ limit: 10_000, which: 'all' });
  if (listed.state === 'failed') throw new Error(listed.happened);
  const found: Incident[] = [];
  for (const { id } of listed.incidents) {
    const read = await store.incidents.read(id);
    const incident = read.state === 'read' ? incidentOf(read.events) : undefined;
    if (incident !== undefined) found.push(incident);
  }
  return found;
}

function pagesOf({ cause, pages }: Incident): readonly string[] {
  return [...(cause === undefined ? [] : [cause.page]), ...pages.map(({ page }) => page)];
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function spokenWork({ investigations, attempts, deliveries }: Incident): string {
  const asked = investigations.map(({ why }) => why).join(', ');
  return `investigated: ${asked}; plans: ${attempts.map(({ plan }) => plan.id).join(', ')}; told: ${deliveries.length}`;
}
