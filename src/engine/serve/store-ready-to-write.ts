import { millisecondsPerSecond } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';

/** Where nothing comes in nothing is written, so that nobody learns that it would succeed again: only a recent failure counts. */
const rememberedMilliseconds = 15 * millisecondsPerSecond;

/**
 * The same store, which is not ready where what was given to it last could not be kept: a database whose disk is full can be
 * read as ever, and takes no page.
 */
export function storeReadyToWrite(store: ServerStore, clock: Clock): ServerStore {
  const { pages, incidents, jobs } = store;
  let failed: { readonly at: number; readonly failure: StoreFailure } | undefined;
  const noted =
    <Given extends readonly unknown[], Answer extends { readonly state: string }>(
      write: (...given: Given) => Promise<Answer | StoreFailure>,
      kept: Answer['state'],
    ) =>
    async (...given: Given): Promise<Answer | StoreFailure> => {
      const answer = await write(...given);
      if (isFailure(answer)) failed = { at: clock.now(), failure: answer };
      else if (answer.state === kept) failed = undefined;
      return answer;
    };
  return {
    ...store,
    pages: { ...pages, accept: noted(pages.accept, 'accepted') },
    incidents: {
      ...incidents,
      create: noted(incidents.create, 'created'),
      append: noted(incidents.append, 'appended'),
      appendAsOf: noted(incidents.appendAsOf, 'appended'),
    },
    jobs: { ...jobs, enqueue: noted(jobs.enqueue, 'stored') },
    check: async () => {
      const checked = await store.check();
      const isRecent = failed !== undefined && clock.now() - failed.at < rememberedMilliseconds;
      return checked.state === 'ready' && failed !== undefined && isRecent ? failed.failure : checked;
    },
  };
}

function isFailure(answer: { readonly state: string }): answer is StoreFailure {
  return answer.state === 'failed';
}
