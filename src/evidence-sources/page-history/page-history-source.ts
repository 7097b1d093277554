import type { EvidenceKind, Reading } from '../../domain/evidence.ts';
import { millisecondsPerDay } from '../../domain/instant.ts';
import { firingsOfPages } from '../../domain/page-firings.ts';
import { isFiringOf } from '../../domain/same-alert.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EvidenceRequest, type EvidenceSource, readAll, unreadable } from '../../ports/evidence-source.ts';
import type { PageIntake } from '../../ports/page-intake.ts';

/** As far back as a Prometheus is asked. */
const historyMilliseconds = millisecondsPerDay;
const mostPages = 500;

export interface PageHistorySettings {
  /** Of the page that is looked into. */
  readonly fingerprint: string;
  readonly pages: Pick<PageIntake, 'history'>;
  /** Who else knows when alerts fired. They saw every evaluation, and pages tell only of those that were sent. */
  readonly others: readonly EvidenceSource[];
  readonly clock: Clock;
}

/** When an alert fired before, as its own pages told it. What others know of the same alert is taken from them. */
export function pageHistorySource({ fingerprint, pages, others, clock }: PageHistorySettings): EvidenceSource {
  const readHistory = async (request: EvidenceRequest<'alert-history'>, signal: AbortSignal): Promise<Reading<'alert-history'>> => {
    const history = await pages.history(fingerprint, request.until - historyMilliseconds, mostPages);
    const theirs = await firstRead(others, request, signal);
    if (history.state === 'failed') return theirs ?? unreadable('unreachable', `${history.attempted}: ${history.happened}`);
    const ours = firingsOfPages(history.pages.map(({ page }) => page));
    if (theirs === undefined) return readAll<'alert-history'>(request.until, ours);
    const untold = ours.filter(
      (firing) => !theirs.value.some((each) => isFiringOf({ name: firing.alert, summary: '', labels: firing.labels }, each)),
    );
    return { ...theirs, value: [...theirs.value, ...untold] };
  };
  return {
    name: 'page-history',
    provides: ['alert-history'],
    permissions: [],
    identify: () => Promise.resolve({ state: 'reached', now: clock.now(), cluster: { source: 'live', name: '', version: undefined } }),
    read: async <Kind extends EvidenceKind>(request: EvidenceRequest<Kind>, signal: AbortSignal) => {
      if (!isForHistory(request)) return unreadable('not-configured', `pages do not tell ${request.kind}`);
      return (await readHistory(request, signal)) as unknown as Reading<Kind>;
    },
    cost: () => ({ requests: 0, bytes: 0 }),
    close: () => Promise.resolve(),
  };
}

function isForHistory(request: EvidenceRequest): request is EvidenceRequest<'alert-history'> {
  return request.kind === 'alert-history';
}

async function firstRead(
  others: readonly EvidenceSource[],
  request: EvidenceRequest<'alert-history'>,
  signal: AbortSignal,
): Promise<Extract<Reading<'alert-history'>, { readonly state: 'read' }> | undefined> {
  for (const other of others.filter(({ provides }) => provides.includes('alert-history'))) {
    const reading = await other.read(request, signal);
    if (reading.state === 'read') return reading;
  }
  return undefined;
}
