import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { servedStates } from '../../engine/views/incident-shape.ts';
import type { ServedIncidents } from '../../engine/serve/served-incidents.ts';
import type { ServerStore } from '../../ports/server-store.ts';

export interface Metrics {
  readonly observeRequest: (request: {
    readonly method: string;
    /** The route's pattern, so that ids do not become labels. */
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }) => void;
  readonly countPage: (webhook: string, outcome: string) => void;
  /** In Prometheus' text form. */
  readonly write: () => Promise<string>;
  readonly contentType: string;
}

export interface MetricsInput {
  readonly incidents: Pick<ServedIncidents, 'list'>;
  readonly store: Pick<ServerStore, 'pages' | 'jobs'>;
  readonly jobKinds: readonly string[];
  readonly version: string;
}

/** More open incidents than this are a storm; the figure then says "at least". */
const mostIncidents = 1000;

/** What the server tells Prometheus. What could not be asked for is left out, never told as 0. */
export function createMetrics({ incidents, store, jobKinds, version }: MetricsInput): Metrics {
  const registry = new Registry();
  const registers: [Registry] = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'stanch_' });
  new Gauge({ name: 'stanch_build_info', help: 'Version of this server.', labelNames: ['version'], registers }).set({ version }, 1);
  const requests = new Histogram({
    name: 'stanch_http_request_duration_seconds',
    help: 'Requests by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const pages = new Counter({
    name: 'stanch_pages_total',
    help: 'Pages that came in, by what became of them: accepted, known, full, failed, refused.',
    labelNames: ['webhook', 'outcome'],
    registers,
  });
  addStoredFigures({ incidents, store, jobKinds }, registers);
  return {
    observeRequest: ({ method, route, status, seconds }) => requests.observe({ method, route, status: String(status) }, seconds),
    countPage: (webhook, outcome) => pages.inc({ webhook, outcome }),
    write: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Asked of the store when Prometheus asks: all servers of one store tell the same. */
function addStoredFigures({ incidents, store, jobKinds }: Omit<MetricsInput, 'version'>, registers: [Registry]): void {
  new Gauge({
    name: 'stanch_pages_waiting',
    help: 'Pages that nobody has worked yet.',
    registers,
    async collect() {
      const counted = await store.pages.countWaiting();
      this.reset();
      if (counted.state === 'counted') this.set(counted.waiting);
      else this.remove();
    },
  });
  new Gauge({
    name: 'stanch_jobs',
    help: 'Jobs by kind and state: waiting, taken, failed.',
    labelNames: ['kind', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const kind of jobKinds) {
        const counted = await store.jobs.count(kind);
        if (counted.state !== 'counted') continue;
        for (const state of ['waiting', 'taken', 'failed'] as const) this.set({ kind, state }, counted[state]);
      }
    },
  });
  new Gauge({
    name: 'stanch_incidents_open',
    help: 'Incidents that are not closed, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      const listed = await incidents.list({ which: 'open', limit: mostIncidents });
      if ('attempted' in listed) return;
      for (const state of servedStates) this.set({ state }, listed.filter((each) => each.state === state).length);
    },
  });
}
