import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ServerStore } from '../../ports/server-store.ts';
import { job } from '../job-queue.contract.ts';
import { killedProcessContract } from '../killed-process.contract.ts';
import { page } from '../page-intake.contract.ts';
import { smallDisk } from '../testing-small-disk.ts';
import { openSqliteServerStore } from './sqlite-server-store.ts';

const moduleAddress = new URL('sqlite-server-store.ts', import.meta.url).href;

function openedAt(path: string): ServerStore {
  const outcome = openSqliteServerStore(path);
  if (outcome.state === 'failed') throw new Error(`${outcome.attempted}: ${outcome.happened}`);
  return outcome.store;
}

killedProcessContract('in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-killed-'));
  const path = join(folder, 'stanch.db');
  return Promise.resolve({
    store: openedAt(path),
    program: `
      const { openSqliteServerStore } = await import(${JSON.stringify(moduleAddress)});
      const outcome = openSqliteServerStore(${JSON.stringify(path)});
      if (outcome.state === 'failed') throw new Error(JSON.stringify(outcome));
      const { store } = outcome;`,
    remove: () => Promise.resolve(rmSync(folder, { recursive: true })),
  });
});

const disk = smallDisk(2);

describe.skipIf(disk === undefined)(`a real disk that is full${disk === undefined ? ' (skipped: only root may mount one)' : ''}`, () => {
  afterAll(() => disk?.remove());

  test('is told, loses nothing, keeps nothing by halves, and is done with as soon as there is room', async () => {
    const path = join(disk?.folder ?? '', 'stanch.db');
    const store = openedAt(path);
    const large = 'x'.repeat(20_000);
    const accepted: string[] = [];
    for (let number = 0; ; number += 1) {
      const answer = await store.pages.accept(page(`p${number}`, { text: large }), job(`p${number}`), 1e6);
      if (answer.state === 'accepted') accepted.push(answer.id);
      else {
        expect(answer).toEqual({
          state: 'failed',
          attempted: `accepting a page in ${path}`,
          happened: `there is no space left for ${path}`,
          whatToDo: 'Make room on that disk and try again; what was stored before is kept',
        });
        break;
      }
    }
    expect(accepted.length).toBeGreaterThan(10);
    expect(await store.check()).toEqual({ state: 'ready' });
    expect(await store.pages.countWaiting()).toEqual({ state: 'counted', waiting: accepted.length });
    expect(await store.jobs.count('work-incident')).toMatchObject({ waiting: accepted.length });

    disk?.resize(32);
    const next = `p${accepted.length}`;
    expect(await store.pages.accept(page(next, { text: large }), job(next), 1e6)).toEqual({ state: 'accepted', id: next });
    await store.close();
    const again = openedAt(path);
    for (const id of [...accepted, next]) expect((await again.pages.read(id)).state).toBe('read');
    await again.close();
  });
});
