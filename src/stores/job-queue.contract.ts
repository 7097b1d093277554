import { expect, test } from 'vitest';
import type { Instant } from '../domain/instant.ts';
import type { JobQueue, JobRequest, TakenJob } from '../ports/job-queue.ts';
import { created, hostileTexts, note, opening, openedAt } from './incident-store.contract.ts';
import type { Pair } from './shared-server.contract.ts';

const minute = 60_000;
const start = openedAt;

export function job(key: string, more: Partial<JobRequest> = {}): JobRequest {
  return { kind: 'work-incident', key, payload: { incident: key }, runAt: start, mostTries: 3, ...more };
}

/** What a worker does, at a time that the store agrees with. */
interface Worker {
  readonly take: (
    now: Instant,
    more?: { readonly kinds?: readonly string[]; readonly forMinutes?: number },
  ) => ReturnType<JobQueue['take']>;
  /** For tests in which there must be one. */
  readonly taken: (now: Instant, more?: { readonly kinds?: readonly string[]; readonly forMinutes?: number }) => Promise<TakenJob>;
  readonly jobs: JobQueue;
}

export function workerOf(jobs: JobQueue, setTime: Pair['setTime']): Worker {
  const take: Worker['take'] = async (now, { kinds = ['work-incident'], forMinutes = 1 } = {}) => {
    await setTime(now);
    return jobs.take({ kinds, worker: 'a worker', now, until: now + forMinutes * minute });
  };
  const taken: Worker['taken'] = async (now, more) => {
    const answer = await take(now, more);
    if (answer.state !== 'taken') throw new Error(`expected a job, and got ${JSON.stringify(answer)}`);
    return answer.job;
  };
  return { take, taken, jobs };
}

async function workers(pair: () => Promise<Pair>): Promise<readonly [Worker, Worker]> {
  const { one, other, setTime } = await pair();
  await setTime(start);
  return [workerOf(one.jobs, setTime), workerOf(other.jobs, setTime)];
}

export function jobQueueContract(pair: () => Promise<Pair>): void {
  testTaking(() => workers(pair));
  testKeys(() => workers(pair));
  testTerms(() => workers(pair));
  testPuttingBack(() => workers(pair));
  testTogether(pair);
}

type Workers = () => Promise<readonly [Worker, Worker]>;

function testTaking(both: Workers): void {
  test('a job is taken as it was asked for, by one worker, and is done once', async () => {
    const [one, other] = await both();
    const wanted = job('a', { payload: { text: "'; drop table job; -- \u0001 漢字 🩹", list: [1, null, true] } });
    expect(await one.jobs.enqueue([wanted])).toEqual({ state: 'stored' });
    const taken = await other.taken(start);
    expect(taken).toEqual({ ...wanted, id: taken.id, tries: 1 });
    expect(await one.take(start + 1)).toMatchObject({ state: 'none' });
    expect(await other.jobs.count('work-incident')).toEqual({ state: 'counted', waiting: 0, taken: 1, failed: 0 });
    expect(await other.jobs.finish(taken)).toEqual({ state: 'finished' });
    expect(await other.jobs.finish(taken)).toEqual({ state: 'lost' });
    expect(await one.take(start + 5 * minute)).toEqual({ state: 'none' });
    expect(await one.jobs.count('work-incident')).toEqual({ state: 'counted', waiting: 0, taken: 0, failed: 0 });
  });

  test('the job that has been due longest comes first, whatever its kind and whenever it was asked for', async () => {
    const [one] = await both();
    const jobs = [job('late', { runAt: start + 3 * minute }), job('other', { kind: 'remind', runAt: start + 2 * minute }), job('early')];
    await one.jobs.enqueue(jobs);
    const kinds = ['work-incident', 'remind'];
    const keys: string[] = [];
    for (const at of [4, 5, 6]) keys.push((await one.taken(start + at * minute, { kinds, forMinutes: 60 })).key);
    expect(keys).toEqual(['early', 'other', 'late']);
  });

  test('only jobs of the kinds that are asked for are taken', async () => {
    const [one] = await both();
    await one.jobs.enqueue([job('a', { kind: 'remind' })]);
    expect(await one.take(start, { kinds: ['work-incident', 'never-heard-of'] })).toEqual({ state: 'none' });
    expect(await one.take(start, { kinds: [] })).toEqual({ state: 'none' });
    expect((await one.taken(start, { kinds: ['remind'] })).key).toBe('a');
  });

  test('a reminder waits for its time, and tells when that is', async () => {
    const [one, other] = await both();
    const runAt = start + 24 * 60 * minute;
    await one.jobs.enqueue([job('tomorrow', { runAt })]);
    expect(await other.take(runAt - 1)).toEqual({ state: 'none', nextAt: runAt });
    expect(await one.jobs.count('work-incident')).toMatchObject({ waiting: 1 });
    expect((await other.taken(runAt)).runAt).toBe(runAt);
  });

  test('of many workers at once each gets another job', async () => {
    const [one, other] = await both();
    await one.jobs.enqueue(Array.from({ length: 20 }, (_, index) => job(`job ${index}`)));
    const taken = await Promise.all(Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? one : other).take(start)));
    const keys = taken.flatMap((answer) => (answer.state === 'taken' ? [answer.job.key] : []));
    expect(new Set(keys).size).toBe(20);
    expect(keys).toHaveLength(20);
  });
}

function testKeys(both: Workers): void {
  test('asked for twice under one key it is one job, and the first wish holds', async () => {
    const [one, other] = await both();
    await one.jobs.enqueue([job('a'), job('a', { payload: 'another' })]);
    expect(await other.jobs.enqueue([job('a', { payload: 'a third' }), job('b')])).toEqual({ state: 'stored' });
    expect(await one.jobs.count('work-incident')).toMatchObject({ waiting: 2 });
    expect((await one.taken(start)).payload).toEqual({ incident: 'a' });
  });

  test('hostile text names a job as well as any other, and comes back from the payload as it went in', async () => {
    const [one, other] = await both();
    const jobs = hostileTexts.map((text, index) => job(text, { payload: { [text]: text }, runAt: start + index * minute }));
    await one.jobs.enqueue(jobs);
    expect(await other.jobs.enqueue(jobs)).toEqual({ state: 'stored' });
    for (const each of jobs) expect((await other.taken(start + 60 * minute, { forMinutes: 60 })).payload).toEqual(each.payload);
    expect(await one.jobs.count('work-incident')).toEqual({ state: 'counted', waiting: 0, taken: jobs.length, failed: 0 });
  });

  test('one that is in hand, was done, or was given up is not done again', async () => {
    const [one] = await both();
    await one.jobs.enqueue([job('a')]);
    const taken = await one.taken(start);
    await one.jobs.enqueue([job('a')]);
    expect(await one.take(start + 1)).toMatchObject({ state: 'none' });
    await one.jobs.finish(taken);
    await one.jobs.enqueue([job('a'), job('b')]);
    await one.jobs.putBack(await one.taken(start + 2), 'no such target', undefined);
    await one.jobs.enqueue([job('a'), job('b')]);
    expect(await one.take(start + 60 * minute)).toEqual({ state: 'none' });
  });

  test('the same key of another kind is another job', async () => {
    const [one] = await both();
    await one.jobs.enqueue([job('a'), job('a', { kind: 'remind' })]);
    expect(await one.jobs.count('work-incident')).toMatchObject({ waiting: 1 });
    expect(await one.jobs.count('remind')).toMatchObject({ waiting: 1 });
  });

  test('what ended is remembered for a month and longer', async () => {
    const [one] = await both();
    await one.jobs.enqueue([job('a')]);
    await one.jobs.finish(await one.taken(start));
    const later = start + 31 * 24 * 60 * minute;
    expect(await one.take(later)).toEqual({ state: 'none' });
    await one.jobs.enqueue([job('a')]);
    expect(await one.take(later)).toEqual({ state: 'none' });
  });
}

function testTerms(both: Workers): void {
  test('a job whose worker is silent until its term is over goes to another, and the first one is told', async () => {
    const [one, other] = await both();
    await one.jobs.enqueue([job('a')]);
    const first = await one.taken(start);
    expect(await other.take(start + minute - 1)).toEqual({ state: 'none', nextAt: start + minute });
    const second = await other.taken(start + minute);
    expect(second).toEqual({ ...first, tries: 2 });
    expect(await one.jobs.keep(first, start + 5 * minute)).toEqual({ state: 'lost' });
    expect(await one.jobs.putBack(first, 'too late', start)).toEqual({ state: 'lost' });
    expect(await one.jobs.finish(first)).toEqual({ state: 'lost' });
    expect(await other.jobs.finish(second)).toEqual({ state: 'finished' });
  });

  test('a worker that tells it lives keeps its job', async () => {
    const [one, other] = await both();
    await one.jobs.enqueue([job('a')]);
    const taken = await one.taken(start);
    expect(await one.jobs.keep(taken, start + 3 * minute)).toEqual({ state: 'kept' });
    expect(await other.take(start + 3 * minute - 1)).toEqual({ state: 'none', nextAt: start + 3 * minute });
    expect((await other.taken(start + 3 * minute)).tries).toBe(2);
  });

  test('a job that nobody took over is still its worker’s when the term is over', async () => {
    const [one, other] = await both();
    await one.jobs.enqueue([job('a')]);
    const taken = await one.taken(start);
    expect(await other.take(start + 2 * minute, { kinds: ['remind'] })).toEqual({ state: 'none' });
    expect(await one.jobs.finish(taken)).toEqual({ state: 'finished' });
  });

  test('a job over which all its workers died is given up', async () => {
    const [one, other] = await both();
    await one.jobs.enqueue([job('a', { mostTries: 2 })]);
    expect((await one.taken(start)).tries).toBe(1);
    const last = await other.taken(start + minute);
    expect(last.tries).toBe(2);
    expect(await one.take(start + 2 * minute)).toEqual({ state: 'none' });
    expect(await one.jobs.count('work-incident')).toEqual({ state: 'counted', waiting: 0, taken: 0, failed: 1 });
    expect(await other.jobs.finish(last)).toEqual({ state: 'lost' });
  });
}

function testPuttingBack(both: Workers): void {
  test('a job that is put back is tried again at its time until its tries are used up', async () => {
    const [one, other] = await both();
    await one.jobs.enqueue([job('a', { mostTries: 2 })]);
    const retryAt = start + 7 * minute;
    expect(await one.jobs.putBack(await one.taken(start), 'the peer answered 503', retryAt)).toEqual({ state: 'put-back' });
    expect(await one.jobs.count('work-incident')).toEqual({ state: 'counted', waiting: 1, taken: 0, failed: 0 });
    expect(await other.take(retryAt - 1)).toEqual({ state: 'none', nextAt: retryAt });
    const second = await other.taken(retryAt);
    expect(second).toMatchObject({ key: 'a', tries: 2, runAt: retryAt });
    expect(await other.jobs.putBack(second, 'the peer answered 503', retryAt + minute)).toEqual({ state: 'put-back' });
    expect(await one.take(retryAt + 60 * minute)).toEqual({ state: 'none' });
    expect(await one.jobs.count('work-incident')).toEqual({ state: 'counted', waiting: 0, taken: 0, failed: 1 });
  });

  test('a job that is given up for good is failed at once', async () => {
    const [one] = await both();
    await one.jobs.enqueue([job('a')]);
    const taken = await one.taken(start);
    expect(await one.jobs.putBack(taken, 'no such target', undefined)).toEqual({ state: 'put-back' });
    expect(await one.jobs.putBack(taken, 'no such target', undefined)).toEqual({ state: 'lost' });
    expect(await one.jobs.count('work-incident')).toEqual({ state: 'counted', waiting: 0, taken: 0, failed: 1 });
  });

  test('a job may be tried once only', async () => {
    const [one] = await both();
    await one.jobs.enqueue([job('a', { mostTries: 1 })]);
    await one.jobs.putBack(await one.taken(start), 'did not work', start);
    expect(await one.take(start + minute)).toEqual({ state: 'none' });
  });
}

function testTogether(pair: () => Promise<Pair>): void {
  test('an incident and the job that works it are stored together', async () => {
    const { one, other, setTime } = await pair();
    const made = await one.incidents.create(opening(), (id) => [job(id)]);
    const taken = await workerOf(other.jobs, setTime).taken(start);
    expect(taken.key).toBe(made.state === 'created' ? made.id : 'none');
  });

  test('an event and the job that it causes are stored together, or neither is', async () => {
    const { one, other, setTime } = await pair();
    const id = await created(one.incidents);
    const worker = workerOf(other.jobs, setTime);
    expect(await one.incidents.append(id, 0, [note(1)], [job('conflict')])).toEqual({ state: 'conflict', length: 1 });
    expect(await one.incidents.append('2026-11-21-0247-nothing-aaaa', 1, [note(1)], [job('missing')])).toEqual({ state: 'missing' });
    expect(await worker.take(start)).toEqual({ state: 'none' });
    expect(await one.incidents.append(id, 1, [note(1)], [job('appended')])).toEqual({ state: 'appended', length: 2 });
    expect((await worker.taken(start)).key).toBe('appended');
  });
}
