import type { FastifyInstance } from 'fastify';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ServerLog } from '../../ports/server-log.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import type { Guard } from './guard.ts';
import type { Metrics } from './metrics.ts';
import { withHead } from './with-head.ts';

export interface HealthRoutes {
  readonly store: Pick<ServerStore, 'check'>;
  readonly clock: Clock;
  readonly log: ServerLog;
  readonly metrics: Metrics;
  readonly guard: Guard;
  readonly readableBy: 'token' | 'anyone';
}

/** Everybody may ask whether the server is ready, so that the database is not asked for each of them, nor its address and user told. */
const rememberedMilliseconds = millisecondsPerSecond;

/** What operators and their programs look at. */
export function addHealthRoutes(server: FastifyInstance, { store, clock, log, metrics, guard, readableBy }: HealthRoutes): void {
  // The process answers: that is all that a restart could mend.
  server.get('/healthz', withHead, () => ({ state: 'alive' }));

  let told = 'ready';
  let last: { readonly at: number; readonly answer: ReturnType<ServerStore['check']> } | undefined;
  server.get('/readyz', withHead, async (_request, reply) => {
    const now = clock.now();
    if (last === undefined || now - last.at >= rememberedMilliseconds || now < last.at) last = { at: now, answer: store.check() };
    const checked = await last.answer;
    const isNews = checked.state !== told;
    told = checked.state;
    if (checked.state === 'ready') return { state: 'ready' };
    if (isNews) log.write('warn', 'the server is not ready', { because: checked.happened });
    return reply
      .code(503)
      .send({ state: 'not-ready', because: 'the database does not answer, or keeps nothing; the log of the server says more' });
  });

  const admission = readableBy === 'anyone' ? {} : { onRequest: guard.admit({ what: 'read-metrics', role: 'view', isChange: false }) };
  server.get('/metrics', { ...withHead, ...admission }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.write()),
  );
}
