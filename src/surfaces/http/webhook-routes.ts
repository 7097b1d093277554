import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { alertmanagerPages } from '../../alert-payloads/alertmanager-pages.ts';
import type { PagesReading } from '../../alert-payloads/incoming-pages.ts';
import { pagerDutyPages } from '../../alert-payloads/pagerduty-pages.ts';
import { plainPages } from '../../alert-payloads/plain-pages.ts';
import type { IncomingPage } from '../../domain/accepted-page.ts';
import type { Secret } from '../../domain/secret.ts';
import type { WebhookSettings } from '../../domain/server-settings.ts';
import type { ServedIncidents } from '../../engine/serve/served-incidents.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ServerLog } from '../../ports/server-log.ts';
import { comeAgainSeconds, type HttpFailure, sendFailure, tooMany } from './failures.ts';
import type { Guard } from './guard.ts';
import { readJsonBody } from './json-body.ts';
import { addressKey, type RateLimiter } from './rate-limiter.ts';
import { holdsOneOf, isSignedByOneOf, secretIn } from './webhook-proof.ts';

export interface WebhookRoutes {
  readonly incidents: Pick<ServedIncidents, 'receive'>;
  readonly webhooks: WebhookSettings;
  readonly guard: Guard;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly log: ServerLog;
  /** The largest group that Alertmanager may send. */
  readonly groupBytes: number;
  /** Counts pages by what became of them. */
  readonly count: (webhook: string, outcome: 'accepted' | 'known' | 'full' | 'failed' | 'refused') => void;
}

interface Webhook {
  readonly name: 'alertmanager' | 'pagerduty' | 'page';
  readonly secrets: readonly Secret[];
  /** Whether the sender proved itself. Asked with the body for a signature, and without it, before it is read, for a secret. */
  readonly proves: (request: FastifyRequest, body: Buffer | undefined) => boolean;
  readonly isSigned: boolean;
  /** Absent: that of all requests. */
  readonly bodyBytes?: number;
  readonly read: (text: string, request: FastifyRequest) => PagesReading;
}

/** Pages come in here. Nothing of a body is looked at before its sender has proved itself, and it is answered once it is stored. */
export async function addWebhookRoutes(server: FastifyInstance, routes: WebhookRoutes): Promise<void> {
  const { webhooks, clock } = routes;
  const bySecret =
    (secrets: readonly Secret[]) =>
    ({ headers }: FastifyRequest): boolean =>
      holdsOneOf(secretIn(headers.authorization), secrets);
  const all: readonly Webhook[] = [
    {
      name: 'alertmanager',
      secrets: webhooks.alertmanager,
      proves: bySecret(webhooks.alertmanager),
      isSigned: false,
      bodyBytes: routes.groupBytes,
      read: fromJson(alertmanagerPages),
    },
    {
      name: 'pagerduty',
      secrets: webhooks.pagerDuty,
      proves: ({ headers }, body) =>
        body !== undefined && isSignedByOneOf(single(headers['x-pagerduty-signature']), body, webhooks.pagerDuty),
      isSigned: true,
      read: fromJson(pagerDutyPages),
    },
    {
      name: 'page',
      secrets: webhooks.page,
      proves: bySecret(webhooks.page),
      isSigned: false,
      read: (text, { headers }) => {
        const json = readJsonBody(text);
        // What only looks like JSON is words, and is told what is wrong with it by the reader.
        if (json.state === 'refused' && /nested/.test(json.happened)) return { ...json, whatToDo: 'Send a plain page' };
        return plainPages({ text, key: single(headers['idempotency-key']), receivedAt: clock.now() });
      },
    },
  ];
  await server.register((inner, _options, done) => {
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    for (const webhook of all) addWebhook(inner, webhook, routes);
    done();
  });
}

function addWebhook(server: FastifyInstance, webhook: Webhook, routes: WebhookRoutes): void {
  const { guard, limiter, clock } = routes;
  const attempted = `taking the page from ${webhook.name}`;
  const turnAway = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const failure = await guard.webhookRefused(request, webhook.name);
    return sendFailure(reply, { ...failure, attempted });
  };
  server.post(`/webhooks/${webhook.name}`, {
    ...(webhook.bodyBytes === undefined ? {} : { bodyLimit: webhook.bodyBytes }),
    onRequest: async (request, reply) => {
      const wait = limiter.take(addressKey(request.ip), clock.now());
      if (wait !== undefined) return sendFailure(reply, tooMany(attempted, wait));
      if (webhook.secrets.length === 0) return sendFailure(reply, notConfigured(webhook, attempted));
      if (!webhook.isSigned && !webhook.proves(request, undefined)) return turnAway(request, reply);
      return undefined;
    },
    handler: async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (webhook.isSigned && !webhook.proves(request, body)) return turnAway(request, reply);
      return take(webhook.read(body.toString('utf8'), request), { webhook, routes, reply, attempted });
    },
  });
}

function notConfigured({ name }: Webhook, attempted: string): HttpFailure {
  return {
    status: 403,
    attempted,
    happened: 'this webhook has no secret, so that nobody can prove to be its sender',
    whatToDo: `Name one in the server settings: webhooks.${name}.secrets`,
  };
}

interface Taking {
  readonly webhook: Webhook;
  readonly routes: WebhookRoutes;
  readonly reply: FastifyReply;
  readonly attempted: string;
}

/** Stores page by page. Where one cannot be stored the sender is told to come again; the ones before it are known then. */
async function take(reading: PagesReading, { webhook, routes, reply, attempted }: Taking): Promise<FastifyReply> {
  const { incidents, count, log } = routes;
  if (reading.state === 'nothing-to-do') return reply.code(202).send({ pages: [], because: reading.because });
  if (reading.state === 'refused') {
    count(webhook.name, 'refused');
    log.write('warn', 'a page could not be read', { webhook: webhook.name, because: reading.happened });
    return sendFailure(reply, { status: 422, attempted, happened: reading.happened, whatToDo: reading.whatToDo });
  }
  const pages: { readonly page: string; readonly state: 'accepted' | 'known' }[] = [];
  for (const page of reading.pages) {
    const stored = await incidents.receive(page);
    count(webhook.name, stored.state);
    if (stored.state === 'accepted' || stored.state === 'known') pages.push({ page: stored.id, state: stored.state });
    else return sendFailure(reply, comeAgain(stored, { attempted, stored: pages.length, all: reading.pages }));
  }
  return reply.code(202).send({ pages });
}

function comeAgain(
  answer: Exclude<Awaited<ReturnType<ServedIncidents['receive']>>, { readonly state: 'accepted' | 'known' }>,
  { attempted, stored, all }: { readonly attempted: string; readonly stored: number; readonly all: readonly IncomingPage[] },
): HttpFailure {
  const happened = answer.state === 'full' ? `${answer.waiting} pages wait already, which is as many as are kept` : answer.happened;
  const whatToDo = `Send it again; ${stored} of its ${all.length} pages are stored and will be known`;
  return { status: 503, attempted, happened, whatToDo, retryAfterSeconds: comeAgainSeconds };
}

function fromJson(read: (json: unknown) => PagesReading): Webhook['read'] {
  return (text) => {
    const body = readJsonBody(text);
    if (body.state === 'refused') return { ...body, whatToDo: 'Send the payload as JSON' };
    return read(body.value);
  };
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(',');
}
