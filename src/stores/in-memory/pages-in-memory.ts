import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { PageIntake } from '../../ports/page-intake.ts';
import { keepJobs, type KeptJobs } from './jobs-in-memory.ts';
import type { Asked } from './view.ts';

/** In the order in which they came in. */
export type KeptPages = Map<string, KeptPage>;

interface KeptPage {
  /** As text: who reads gets a copy. */
  readonly text: string;
  readonly deliveryKey: string;
  incident: string | undefined;
}

export function pagesInMemory(kept: { readonly pages: KeptPages; readonly jobs: KeptJobs }, asked: Asked): PageIntake {
  const { pages, jobs } = kept;
  const countWaiting = (): number => [...pages.values()].filter(({ incident }) => incident === undefined).length;
  return {
    accept: (page, job, mostWaiting) =>
      asked('accepting a page', () => {
        const known = [...pages].find(([, { deliveryKey }]) => deliveryKey === page.deliveryKey);
        if (known !== undefined) return { state: 'known', id: known[0] };
        const waiting = countWaiting();
        if (waiting >= mostWaiting) return { state: 'full', waiting };
        pages.set(page.id, { text: JSON.stringify(page), deliveryKey: page.deliveryKey, incident: undefined });
        keepJobs(jobs, [job]);
        return { state: 'accepted', id: page.id };
      }),
    read: (id) =>
      asked(`reading page ${id}`, () => {
        const page = pages.get(id);
        return page === undefined ? { state: 'missing' } : { state: 'read', page: pageOf(page), incident: page.incident };
      }),
    assign: (id, incident) =>
      asked(`assigning page ${id}`, () => {
        const page = pages.get(id);
        if (page === undefined) return { state: 'missing' };
        page.incident ??= incident;
        return { state: 'assigned', incident: page.incident };
      }),
    history: (fingerprint, since, limit) =>
      asked('reading earlier pages', () => ({
        state: 'read',
        pages: [...pages.values()]
          .toReversed()
          .map((kept) => ({ page: pageOf(kept), ...(kept.incident === undefined ? {} : { incident: kept.incident }) }))
          .filter(({ page }) => page.fingerprint === fingerprint && page.receivedAt >= since)
          .toSorted((one, other) => other.page.receivedAt - one.page.receivedAt)
          .slice(0, limit),
      })),
    countWaiting: () => asked('counting the pages that wait', () => ({ state: 'counted', waiting: countWaiting() })),
  };
}

function pageOf({ text }: KeptPage): AcceptedPage {
  return JSON.parse(text);
}
