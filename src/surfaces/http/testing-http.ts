import { catalogue } from '../../catalogue/index.generated.ts';
import { openedAt } from '../../domain/example-incident.ts';
import type { Role } from '../../domain/role.ts';
import { Secret } from '../../domain/secret.ts';
import { type ServerSettings, usualServerSettings } from '../../domain/server-settings.ts';
import { hashOfSecret } from '../../engine/access/access-secret.ts';
import { type TestingServed, testingServedIncidents } from '../../engine/serve/testing-served-incidents.ts';
import type { AuditEntry } from '../../ports/access-store.ts';
import type { LogFields } from '../../ports/server-log.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import { exampleNight } from '../../writing/example-night.ts';
import type { HttpServerInput } from './http-server-input.ts';
import { startHttpServer } from './start-http-server.ts';

export const incidentId = '2026-09-15-0247-payment-service-errors-k3f9';

export const webhookSecrets = {
  alertmanager: 'alertmanager-secret',
  pagerDuty: ['old-pagerduty-secret', 'new-pagerduty-secret'],
  page: 'page-secret-page',
};

/** One token for each role. */
export const tokens: { readonly [Each in Role]: string } = {
  view: `stanch_${'v'.repeat(43)}`,
  operate: `stanch_${'o'.repeat(43)}`,
  administer: `stanch_${'a'.repeat(43)}`,
};

export interface Asking {
  readonly method?: string;
  /** Absent: nobody is signed in. */
  readonly token?: string;
  readonly headers?: { readonly [name: string]: string };
  /** Sent as JSON, a text as it is. */
  readonly body?: unknown;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined: it is no JSON. */
  readonly json: unknown;
}

export interface TestingHttp {
  readonly address: string;
  /** "GET /healthz" */
  readonly routes: readonly string[];
  readonly incidents: TestingServed;
  readonly store: ServerStore;
  readonly clock: { now: () => number; advance: (milliseconds: number) => void };
  readonly logged: readonly { readonly level: string; readonly happened: string; readonly fields: LogFields | undefined }[];
  /** Ends every pause that is waited for. */
  readonly passTime: () => void;
  readonly ask: (path: string, asking?: Asking) => Promise<Answered>;
  readonly audit: () => Promise<readonly AuditEntry[]>;
  readonly stop: () => Promise<void>;
}

/** A real server on a free port of this machine, over a store in memory and a facade of plain events. */
export async function startTestingHttp(
  more: Partial<HttpServerInput> & { readonly set?: Partial<ServerSettings> } = {},
): Promise<TestingHttp> {
  const incidents = testingServedIncidents(catalogue);
  incidents.put(incidentId, exampleNight());
  const store = serverStoreInMemory().open();
  for (const [role, secret] of Object.entries(tokens) as [Role, string][])
    await store.access.createToken({ id: `token-${role}`, name: `${role}-user`, role, hash: hashOfSecret(secret), createdAt: openedAt });
  const time = { now: openedAt };
  const logged: { readonly level: string; readonly happened: string; readonly fields: LogFields | undefined }[] = [];
  const pauses = new Set<() => void>();
  const { alertmanager, pagerDuty, page } = webhookSecrets;
  const started = await startHttpServer({
    incidents,
    store,
    settings: {
      ...usualServerSettings,
      webhooks: {
        alertmanager: [new Secret(alertmanager)],
        pagerDuty: pagerDuty.map((each) => new Secret(each)),
        page: [new Secret(page)],
      },
      ...more.set,
    },
    clock: { now: () => time.now },
    pause: (_milliseconds, signal) => pauseUntil(pauses, signal),
    log: { write: (level, happened, fields) => void logged.push({ level, happened, fields }) },
    version: '0.0.0',
    listen: { host: '127.0.0.1', port: 0 },
    jobKinds: ['work-page'],
    ...more,
  });
  if (started.state === 'failed') throw new Error(`${started.attempted}: ${started.happened}`);
  const { address, routes, stop } = started;
  return {
    address,
    routes,
    incidents,
    store,
    clock: { now: () => time.now, advance: (milliseconds) => void (time.now += milliseconds) },
    logged,
    passTime: () => {
      for (const end of pauses) end();
    },
    ask: (path, asking) => ask(`${address}${path}`, asking),
    audit: async () => {
      const read = await store.access.readAudit({ limit: 1000 });
      return read.state === 'read' ? read.entries : [];
    },
    stop,
  };
}

function pauseUntil(pauses: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      pauses.delete(end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    pauses.add(end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

async function ask(address: string, { method, token, headers, body }: Asking = {}): Promise<Answered> {
  const answered = await fetch(address, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await answered.text();
  return { status: answered.status, headers: answered.headers, text, json: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
