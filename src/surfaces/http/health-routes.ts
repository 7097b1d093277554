import type { FastifyInstance } from 'fastify';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import type { Guard } from './guard.ts';
import type { Metrics } from './metrics.ts';

export interface HealthRoutes {
  readonly store: Pick<ServerStore, 'check'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly guard: Guard;
  readonly readableBy: 'token' | 'anyone';
}

/** Everybody may ask whether the server is ready, so that the database is not asked for each of them. */
const rememberedMilliseconds = millisecondsPerSecond;

/** What operators and their programs look at. */
export function addHealthRoutes(server: FastifyInstance, { store, clock, metrics, guard, readableBy }: HealthRoutes): void {
  // The process answers: that is all that a restart could mend.
  server.get('/healthz', () => ({ state: 'alive' }));

  let last: { readonly at: number; readonly answer: ReturnType<ServerStore['check']> } | undefined;
  server.get('/readyz', async (_request, reply) => {
    const now = clock.now();
    if (last === undefined || now - last.at >= rememberedMilliseconds || now < last.at) last = { at: now, answer: store.check() };
    const checked = await last.answer;
    if (checked.state === 'ready') return { state: 'ready' };
    return reply.code(503).send({ state: 'not-ready', because: checked.happened });
  });

  const admission = readableBy === 'anyone' ? {} : { onRequest: guard.admit({ what: 'read-metrics', role: 'view', isChange: false }) };
  server.get('/metrics', admission, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.write()));
}
