import { afterEach, describe, expect, test } from 'vitest';
import type { ServerStore } from '../ports/server-store.ts';
import { job } from './job-queue.contract.ts';
import { startProgram, type TestingProgram } from './testing-program.ts';

/** A store that other processes can open as well, with a clock that runs. */
export interface StoreOnDisk {
  /** Text of a module that leaves a `store: ServerStore` behind. */
  readonly program: string;
  readonly store: ServerStore;
  readonly remove: () => Promise<void>;
}

const termMilliseconds = 10_000;
const kind = 'work-incident';

/** So that none outlives a test that failed. */
const started: TestingProgram[] = [];

function start(text: string): TestingProgram {
  const program = startProgram(text);
  started.push(program);
  return program;
}

/** Takes jobs until there are none, and tells what it does and when. */
function worker(program: string, { doing, term }: { readonly doing: string; readonly term: number }): TestingProgram {
  return start(`
    ${program}
    const { setTimeout: wait } = await import('node:timers/promises');
    for (;;) {
      const now = Date.now();
      const answer = await store.jobs.take({ kinds: ['${kind}'], worker: 'a worker', now, until: now + ${term} });
      if (answer.state === 'failed') throw new Error(JSON.stringify(answer));
      if (answer.state === 'none' && answer.nextAt === undefined) break;
      if (answer.state === 'none') { await wait(100); continue; }
      const { job } = answer;
      tell('took ' + job.key + ' ' + job.tries + ' ' + now);
      ${doing}
      const finished = await store.jobs.finish(job);
      tell(finished.state + ' ' + job.key);
    }
    await store.close();`);
}

/** Accepts pages, eight at a time, and tells which were answered as accepted. */
function intake(program: string, name: string): TestingProgram {
  return start(`
    ${program}
    const alert = { source: 'description', name: 'A', summary: '', labels: {}, state: 'firing' };
    const accept = async (number) => {
      const id = '${name}-' + number;
      const page = { id, deliveryKey: id, fingerprint: 'f', receivedAt: number, alert, text: 'x'.repeat(2000) };
      const job = { kind: '${kind}', key: id, payload: { page: id }, runAt: 0, mostTries: 3 };
      const answer = await store.pages.accept(page, job, 1e6);
      if (answer.state !== 'accepted') throw new Error(JSON.stringify(answer));
      tell(id);
    };
    for (let number = 0; ; number += 8) await Promise.all(Array.from({ length: 8 }, (_, index) => accept(number + index)));`);
}

/** What holds when processes are killed, as often and whenever that happens. */
export function killedProcessContract(name: string, make: () => Promise<StoreOnDisk>): void {
  describe(`killed processes that share a store ${name}`, () => {
    const made: StoreOnDisk[] = [];
    afterEach(async () => {
      for (const each of started.splice(0)) each.kill();
      for (const each of made.splice(0)) {
        await each.store.close();
        await each.remove();
      }
    });
    const prepared = async (): Promise<StoreOnDisk> => {
      const onDisk = await make();
      made.push(onDisk);
      return onDisk;
    };

    test('a killed worker’s job goes to another within 15 s and not before its term is over, and one finishes it', async () => {
      const { program, store } = await prepared();
      await store.jobs.enqueue([job('a', { runAt: 0 })]);
      const first = worker(program, { term: termMilliseconds, doing: 'await wait(3600000);' });
      const took = await first.told();
      first.kill();
      const others = [1, 2].map(() => worker(program, { term: termMilliseconds, doing: '' }));
      const lines = (await Promise.all(others.map((each) => each.rest()))).flat();
      expect(lines.map((line) => line.replace(/ \d+$/, ''))).toEqual(['took a 2', 'finished a']);
      const [before, after] = [took, lines[0]].map((line) => Number(line?.split(' ').at(-1)));
      const silence = (after ?? 0) - (before ?? 0);
      // Between its reading of the clock and the database's the worker may have waited for the processor.
      expect(silence).toBeGreaterThanOrEqual(termMilliseconds - 50);
      expect(silence).toBeLessThan(15_000);
    });

    test('of many jobs each is finished once, though one of the workers is killed', async () => {
      const { program, store } = await prepared();
      await store.jobs.enqueue(Array.from({ length: 60 }, (_, number) => job(`job ${number}`, { runAt: 0, mostTries: 5 })));
      const doing = 'await wait(20);';
      const [victim, ...others] = [worker(program, { term: 3000, doing }), ...[1, 2].map(() => worker(program, { term: 3000, doing }))];
      for (let line = 0; line < 9; line += 1) await victim?.told();
      victim?.kill();
      const lines = (await Promise.all([victim, ...others].map((each) => each?.rest() ?? []))).flat();
      const finished = lines.filter((line) => line.startsWith('finished'));
      expect(new Set(finished).size).toBe(finished.length);
      expect(await store.jobs.count(kind)).toEqual({ state: 'counted', waiting: 0, taken: 0, failed: 0 });
    });

    test('of pages that were answered as accepted none is lost, though the process is killed five times', async () => {
      const { program, store } = await prepared();
      const accepted: string[] = [];
      for (const round of [1, 2, 3, 4, 5]) {
        const process = intake(program, `round-${round}`);
        for (let line = 0; line < 30; line += 1) accepted.push((await process.told()) ?? 'ended early');
        process.kill();
        accepted.push(...(await process.rest()));
      }
      const states = new Set<string>();
      for (const id of accepted) states.add((await store.pages.read(id)).state);
      expect([...states]).toEqual(['read']);
      // One that was killed while it stored more has stored each of them with its job, or not at all.
      const [pages, jobs] = [await store.pages.countWaiting(), await store.jobs.count(kind)];
      expect(pages).toEqual({ state: 'counted', waiting: jobs.state === 'counted' ? jobs.waiting : 'failed' });
      expect(pages.state === 'counted' && pages.waiting).toBeGreaterThanOrEqual(accepted.length);
    });
  });
}
