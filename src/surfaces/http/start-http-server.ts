import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import { operations } from '../../engine/operations/index.generated.ts';
import { type HttpFailure, sendFailure } from './failures.ts';
import { Guard } from './guard.ts';
import { addHealthRoutes } from './health-routes.ts';
import { type HttpLimits, type HttpServerInput, usualLimits } from './http-server-input.ts';
import { addIncidentStream } from './incident-stream.ts';
import { readJsonBody } from './json-body.ts';
import { addMcpRoute } from './mcp-route.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { addOperationRoutes, apiPrefix } from './operation-routes.ts';
import { openApiOf } from './open-api.ts';
import { addOpenIdRoutes } from './open-id-routes.ts';
import { addPageRoutes, readPageFiles } from './page-files.ts';
import { RateLimiter } from './rate-limiter.ts';
import { refuseMalformed } from './refuse-malformed.ts';
import { limitRequestsAtOnce } from './requests-at-once.ts';
import { isReachedByHttps, securityHeaders } from './security-headers.ts';
import { addSessionRoutes } from './session-routes.ts';
import { withHead } from './with-head.ts';
import { addWebhookRoutes } from './webhook-routes.ts';

export interface StartedHttpServer {
  readonly state: 'started';
  /** "http://127.0.0.1:8080" */
  readonly address: string;
  /** Every route that there is, as it was made: "GET /api/v1/incidents/:incident". */
  readonly routes: readonly string[];
  /** Takes no more requests, ends the streams, and waits a while for what is under way. */
  readonly stop: () => Promise<void>;
}

export type StartedOrFailed =
  | StartedHttpServer
  | { readonly state: 'failed'; readonly attempted: string; readonly happened: string; readonly whatToDo: string };

/** The whole HTTP surface: the page, the API, the webhooks, and what operators look at. */
export async function startHttpServer(input: HttpServerInput): Promise<StartedOrFailed> {
  const limits = { ...usualLimits, ...input.limits };
  const stopping = new AbortController();
  const server = newServer(input, limits);
  const routes: string[] = [];
  server.addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((each) => `${each} ${url}`)));
  try {
    await addEverything(server, { input, limits, stopping: stopping.signal });
    await server.listen(input.listen);
  } catch (error) {
    await server.close();
    return failedToStart(input, error);
  }
  const { address, family, port } = server.server.address() as AddressInfo;
  return {
    state: 'started',
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    routes,
    stop: async () => {
      stopping.abort();
      const patience = new AbortController();
      const closed = server.close().then(() => patience.abort());
      await Promise.race([closed, input.pause(limits.stopMilliseconds, patience.signal)]);
      // Whoever still sends or reads was given the time that there is.
      server.server.closeAllConnections();
      await closed;
    },
  };
}

function newServer({ settings }: HttpServerInput, limits: HttpLimits): FastifyInstance {
  const headers = securityHeaders({ isSecure: isReachedByHttps(settings.publicAddress) });
  const server = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    bodyLimit: limits.bodyBytes,
    // Who may speak for the client's address is told by the operator, never by the request.
    trustProxy: settings.trustedProxies.length === 0 ? false : [...settings.trustedProxies],
    requestTimeout: limits.requestMilliseconds,
    connectionTimeout: limits.silenceMilliseconds,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    http: {
      headersTimeout: limits.headersMilliseconds,
      requestTimeout: limits.requestMilliseconds,
      connectionsCheckingInterval: limits.checkEveryMilliseconds,
    },
    // Of both no hook hears.
    frameworkErrors: (error, _request, reply) =>
      void sendFailure(reply.headers(headers), { ...badRequest(error.message), attempted: 'reading the address' }),
    clientErrorHandler: refuseMalformed(headers),
  });
  server.server.maxConnections = limits.connections;
  return server;
}

interface Everything {
  readonly input: HttpServerInput;
  readonly limits: HttpLimits;
  readonly stopping: AbortSignal;
}

async function addEverything(server: FastifyInstance, { input, limits, stopping }: Everything): Promise<void> {
  const { incidents, store, settings, clock, log, version, pause } = input;
  const { access } = store;
  const { publicAddress } = settings;
  const guard = new Guard({ access, clock, log, limits, publicAddress });
  const metrics = createMetrics(input);
  const files = input.pageFolder === undefined ? undefined : await readPageFiles(input.pageFolder);
  addParsersAndErrors(server, input);
  limitRequestsAtOnce(server);
  addHooks(server, { guard, metrics, input });
  addHealthRoutes(server, { store, clock, log, metrics, guard, readableBy: settings.metrics.readableBy });
  await addWebhookRoutes(server, {
    incidents,
    webhooks: settings.webhooks,
    guard,
    limiter: new RateLimiter(limits.webhooksPerAddress),
    groupBytes: limits.groupBytes,
    clock,
    log,
    count: metrics.countPage,
  });
  addSessionRoutes(server, { access, clock, guard, version, publicAddress, openId: input.openId });
  addOpenIdRoutes(server, { access, clock, guard, log, openId: input.openId, settings: settings.openId });
  const routes = { operations, incidents, guard, pause, stopping };
  addOperationRoutes(server, routes);
  addMcpRoute(server, { ...routes, version, publicAddress });
  addIncidentStream(server, { incidents, guard, clock, limits, pause, stopping });
  const description = JSON.stringify(openApiOf(operations, version));
  server.get(`${apiPrefix}/openapi.json`, withHead, (_request, reply) => reply.type('application/json; charset=utf-8').send(description));
  addPageRoutes(server, files);
}

function addParsersAndErrors(server: FastifyInstance, { log }: HttpServerInput): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, parsed) => {
    const body = readJsonBody(String(text));
    if (body.state === 'read') parsed(null, body.value);
    else parsed(Object.assign(new Error(body.happened), { statusCode: 400 }));
  });
  server.setNotFoundHandler((request, reply) =>
    sendFailure(reply, {
      status: 404,
      attempted: `${request.method} ${request.url.split('?', 1)[0] ?? ''}`.slice(0, 200),
      happened: 'there is nothing at this address',
      whatToDo: `${apiPrefix}/openapi.json lists what there is`,
    }),
  );
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendFailure(reply, { ...badRequest(error.message), status });
    log.write('error', 'a request ended in a bug', { route: request.routeOptions.url, because: error.stack ?? error.message });
    const happened = 'Stanch has a bug; its log says more';
    return sendFailure(reply, { status: 500, attempted: 'answering the request', happened, whatToDo: 'Please report it' });
  });
}

function badRequest(happened: string): HttpFailure {
  return { status: 400, attempted: 'reading the request', happened, whatToDo: `${apiPrefix}/openapi.json says what is taken` };
}

/** Kubernetes and Prometheus come often and from one address. */
const unlimited = new Set(['/healthz', '/readyz']);

function addHooks(
  server: FastifyInstance,
  { guard, metrics, input }: { readonly guard: Guard; readonly metrics: Metrics; readonly input: HttpServerInput },
): void {
  const headers = securityHeaders(guard);
  server.addHook('onRequest', async (request, reply) => {
    void reply.headers(headers);
    const { url = '' } = request.routeOptions;
    // Webhooks have a limit of their own.
    if (unlimited.has(url) || url.startsWith('/webhooks/')) return undefined;
    const failure = guard.limitAddress(request);
    return failure === undefined ? undefined : sendFailure(reply, failure);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    // A stream is as long as somebody looks.
    const isStream = String(reply.raw.getHeader('content-type')).startsWith('text/event-stream');
    if (!isStream) metrics.observeRequest({ method, route, status, seconds: reply.elapsedTime / millisecondsPerSecond });
    const isQuiet = (method === 'GET' || method === 'HEAD') && status < 400;
    if (!isQuiet) input.log.write('info', 'a request was answered', { method, route, status, milliseconds: Math.round(reply.elapsedTime) });
    done();
  });
}

function failedToStart({ listen }: HttpServerInput, error: unknown): Exclude<StartedOrFailed, StartedHttpServer> {
  const attempted = `listening at ${listen.host}:${listen.port}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const failed = (happened: string, whatToDo: string) => ({ state: 'failed', attempted, happened, whatToDo }) as const;
  if (code === 'EADDRINUSE') return failed('something else listens there', 'Choose another port, or stop it');
  if (code === 'EACCES') return failed('listening there is not permitted', 'Choose a port above 1023');
  return failed(error instanceof Error ? error.message : String(error), 'Choose another address');
}
