import { expect, test } from 'vitest';
import type { ServerStore } from '../../ports/server-store.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import { job } from '../../stores/job-queue.contract.ts';
import { page } from '../../stores/page-intake.contract.ts';
import { storeReadyToWrite } from './store-ready-to-write.ts';

const full: StoreFailure = { state: 'failed', attempted: 'accepting a page', happened: 'there is no space left', whatToDo: 'Make room' };

/** A store that can be read always, and written to as long as there is room. */
function diskThatFills() {
  const store = serverStoreInMemory().open();
  const disk = { isFull: false, now: 0 };
  const accept: ServerStore['pages']['accept'] = (...given) => (disk.isFull ? Promise.resolve(full) : store.pages.accept(...given));
  const opened = storeReadyToWrite({ ...store, pages: { ...store.pages, accept } }, { now: () => disk.now });
  return { disk, opened, give: (id: string) => opened.pages.accept(page(id), job(id), 10) };
}

test('a store that could not keep the last page is not ready, and says why, until it keeps one', async () => {
  const { disk, opened, give } = diskThatFills();
  await give('a');
  expect(await opened.check()).toEqual({ state: 'ready' });
  disk.isFull = true;
  expect(await give('b')).toEqual(full);
  expect(await opened.check()).toEqual(full);
  disk.isFull = false;
  // It is there already, so that nothing was written.
  await give('a');
  expect(await opened.check()).toEqual(full);
  await give('b');
  expect(await opened.check()).toEqual({ state: 'ready' });
});

test('a failure that is a while ago does not keep everybody away for ever', async () => {
  const { disk, opened, give } = diskThatFills();
  disk.isFull = true;
  await give('a');
  disk.now = 14_999;
  expect(await opened.check()).toEqual(full);
  disk.now = 15_000;
  expect(await opened.check()).toEqual({ state: 'ready' });
});
