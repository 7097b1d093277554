import { describe, expect, test } from 'vitest';
import type { JobRequest, TakenJob } from '../../ports/job-queue.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import { TestCluster } from '../act/testing-cluster.ts';
import { done, type JobHandler, type JobOutcome } from './job-outcome.ts';
import { badNode, TestTime } from './testing-server.contract.ts';
import type { Hands } from './work-one-job.ts';
import { startWorker, type Worker } from './worker.ts';

interface Bench {
  readonly time: TestTime;
  readonly hands: Hands;
  readonly log: readonly string[];
  readonly ask: (...keys: readonly string[]) => Promise<void>;
  readonly counts: () => Promise<readonly [waiting: number, taken: number, failed: number]>;
  readonly other: Hands['jobs'];
}

function job(key: string, runAt: number): JobRequest {
  return { kind: 'deliver', key, payload: null, runAt, mostTries: 9 };
}

function bench(deliver: JobHandler): Bench {
  const time = new TestTime(new TestCluster(badNode));
  const memory = serverStoreInMemory();
  const { jobs } = memory.open();
  const log: string[] = [];
  const never: JobHandler = () => Promise.reject(new Error('Nobody asked for this.'));
  const handlers = { deliver, 'work-page': never, 'work-incident': never, timer: never, remind: never };
  const hands: Hands = {
    jobs,
    handlers,
    clock: time,
    pause: time.pause,
    worker: 'one',
    log: (level, text) => void log.push(`${level} ${text}`),
  };
  return {
    time,
    hands,
    log,
    other: memory.open().jobs,
    ask: async (...keys) => void (await jobs.enqueue(keys.map((key) => job(key, time.now())))),
    counts: async () => {
      const counted = await jobs.count('deliver');
      if (counted.state === 'failed') throw new Error(counted.happened);
      return [counted.waiting, counted.taken, counted.failed];
    },
  };
}

const start = ({ hands }: Bench, mostAtOnce = 2): Worker => startWorker(hands, [{ kinds: ['deliver'], mostAtOnce }]);

/** Lets everything happen that does not wait for time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Jobs that end when the test says so. */
function gates() {
  const begun: string[] = [];
  const open = new Map<string, (outcome: JobOutcome) => void>();
  const handler: JobHandler = ({ key }: TakenJob, signal) =>
    new Promise((resolve) => {
      begun.push(key);
      open.set(key, resolve);
      signal.addEventListener('abort', () => resolve({ state: 'stopped' }), { once: true });
    });
  return { begun, handler, end: (key: string, outcome: JobOutcome = done) => open.get(key)?.(outcome) };
}

describe('a worker', () => {
  test('does no more at once than it may, and the next as soon as one is done', async () => {
    const { begun, handler, end } = gates();
    const all = bench(handler);
    await all.ask('a', 'b', 'c');
    const worker = start(all);
    await settle();
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await settle();
    expect(begun).toEqual(['a', 'b', 'c']);
    await worker.stop();
    expect(await all.counts()).toEqual([2, 0, 0]);
  });

  test('that is woken looks at once; otherwise within a second', async () => {
    const { begun, handler } = gates();
    const all = bench(handler);
    const worker = start(all);
    await settle();
    await all.ask('a');
    worker.wake();
    await settle();
    expect(begun).toEqual(['a']);
    await all.ask('b');
    await settle();
    expect(begun).toEqual(['a']);
    all.time.advance(1000);
    await settle();
    expect(begun).toEqual(['a', 'b']);
    await worker.stop();
  });

  test('tells that it lives, so that nobody takes its job; one that fell silent loses it', async () => {
    const { begun, handler } = gates();
    const all = bench(handler);
    await all.ask('a');
    const worker = start(all);
    await settle();
    const take = () => all.other.take({ kinds: ['deliver'], worker: 'other', now: all.time.now(), until: all.time.now() + 12_000 });
    for (let beat = 0; beat < 10; beat += 1) {
      all.time.advance(3000);
      await settle();
    }
    expect(await take()).toMatchObject({ state: 'none' });
    all.time.advance(13_000);
    expect(await take()).toMatchObject({ state: 'taken' });
    await settle();
    expect(all.log.join()).toContain('went to another worker');
    expect(begun).toEqual(['a']);
    await worker.stop();
  });

  test('tries again later and later, and gives up what cannot be helped', async () => {
    const tried: number[] = [];
    let outcome: JobOutcome = { state: 'again', because: 'nobody answers' };
    const all = bench(() => {
      tried.push(all.time.now());
      return Promise.resolve(outcome);
    });
    await all.ask('a');
    const worker = start(all);
    for (let second = 0; second < 20; second += 1) {
      await settle();
      all.time.advance(1000);
    }
    expect(tried.map((at) => at - (tried[0] ?? 0))).toEqual([0, 1000, 3000, 7000, 15_000]);
    outcome = { state: 'given-up', because: 'there is no such place' };
    all.time.advance(20_000);
    await settle();
    expect(await all.counts()).toEqual([0, 0, 1]);
    await worker.stop();
  });

  test('puts a job that has to wait behind another moment, without using up its tries', async () => {
    const all = bench(({ key, runAt }) => Promise.resolve(key === 'a' ? { state: 'later', job: job('a again', runAt + 5000) } : done));
    await all.ask('a');
    const worker = start(all);
    await settle();
    expect(await all.counts()).toEqual([1, 0, 0]);
    all.time.advance(5000);
    await settle();
    expect(await all.counts()).toEqual([0, 0, 0]);
    await worker.stop();
  });

  test('dies of a bug of ours, after it has put back what it had in hand', async () => {
    const all = bench(({ key }, signal) =>
      key === 'bug'
        ? Promise.reject(new Error('This is a bug.'))
        : new Promise((resolve) => signal.addEventListener('abort', () => resolve({ state: 'stopped' }), { once: true })),
    );
    await all.ask('a', 'bug');
    const worker = start(all);
    await expect(worker.ended).rejects.toMatchObject({ cause: new Error('This is a bug.') });
    expect(await all.counts()).toEqual([2, 0, 0]);
  });
});
