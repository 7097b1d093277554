import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import { mayActAs, roles } from '../../domain/role.ts';
import { type OpenIdSettings, roleOfGroups } from '../../domain/server-settings.ts';
import { beginSessionOf } from '../../engine/access/users.ts';
import type { AccessStore } from '../../ports/access-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OpenIdProvider, SignInAttempt } from '../../ports/open-id-provider.ts';
import type { ServerLog } from '../../ports/server-log.ts';
import type { SignInProblem } from './contract.ts';
import { attemptCookie, setAttemptCookie, setSessionCookie } from './cookies.ts';
import { actorOf, type Guard } from './guard.ts';
import { apiPrefix } from './operation-routes.ts';

export interface OpenIdRoutes {
  readonly access: AccessStore;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly log: ServerLog;
  /** Absent: there are no such routes. */
  readonly openId: OpenIdProvider | undefined;
  readonly settings: Pick<OpenIdSettings, 'roles'> | undefined;
}

type Offered = OpenIdRoutes & { readonly openId: OpenIdProvider; readonly settings: Pick<OpenIdSettings, 'roles'> };

const beginPath = `${apiPrefix}/session/openid`;
export const openIdCallbackPath = `${beginPath}/callback`;

/** Long enough to find the second factor; afterwards it begins anew. */
const attemptSeconds = 600;

/** Signing in elsewhere: the browser goes there, and comes back with a code that is exchanged for who it is. */
export function addOpenIdRoutes(server: FastifyInstance, routes: OpenIdRoutes): void {
  const { openId, settings } = routes;
  if (openId === undefined || settings === undefined) return;
  const offered: Offered = { ...routes, openId, settings };
  server.get(beginPath, async (request, reply) => begin(request, reply, offered));
  server.get(openIdCallbackPath, async (request, reply) => comeBack(request, reply, offered));
}

async function begin(request: FastifyRequest, reply: FastifyReply, { openId, guard, log }: Offered): Promise<FastifyReply> {
  const begun = await openId.begin();
  if (begun.state === 'refused') {
    log.write('warn', 'nobody can sign in with OpenID Connect', { because: begun.because });
    return endAt(reply, begun.problem);
  }
  const { back } = request.query as { readonly back?: unknown };
  const value = writeAttempt(begun.attempt, pathOfPage(back));
  void reply.header('set-cookie', setAttemptCookie(value, { isSecure: guard.isSecure, seconds: attemptSeconds }));
  return reply.redirect(begun.address, 302);
}

async function comeBack(request: FastifyRequest, reply: FastifyReply, routes: Offered): Promise<FastifyReply> {
  const { openId, guard, log, settings, access, clock } = routes;
  const { isSecure } = guard;
  const kept = readAttempt(attemptCookie(request.headers.cookie, guard));
  const forget = setAttemptCookie('', { isSecure, seconds: 0 });
  void reply.header('set-cookie', forget);
  // Without it the browser did not begin here, or too long ago; nobody is asked anything for it.
  if (kept === undefined) return endAt(reply, 'expired');
  const finished = await openId.finish(queryOf(request.url), kept.attempt);
  if (finished.state === 'refused') {
    log.write('warn', 'a sign-in with OpenID Connect came to nothing', { because: finished.because });
    const tooOften =
      finished.problem === 'not-trusted' && (await guard.signInFailed(request, 'signing in with OpenID Connect')).status === 429;
    return endAt(reply, tooOften ? 'try-later' : finished.problem);
  }
  const { name, subject, groups } = finished.person;
  const role = roleOfGroups(groups, settings);
  // What they may not do any more ends at once, wherever it was begun, and with it what was approved there and not begun.
  const ended = await access.endSessionsOf(name, role === undefined ? [] : roles.filter((each) => mayActAs(role, each)));
  if (ended.state === 'failed') {
    log.write('error', 'sessions could not be ended', { because: ended.happened });
    return endAt(reply, 'try-later');
  }
  const who = `from ${request.ip} with OpenID Connect as ${subject}`;
  if (role === undefined) {
    await guard.record({ by: name, what: 'sign-in', result: 'refused', detail: `${who}: in no group that has a role` });
    return endAt(reply, 'no-role');
  }
  const now = clock.now();
  const begun = await beginSessionOf(access, { name, role }, now);
  if (begun.state === 'failed') {
    log.write('error', 'a session could not be stored', { because: begun.happened });
    return endAt(reply, 'try-later');
  }
  await guard.record({ ...actorOf(begun.user), what: 'sign-in', result: 'done', detail: `${who}, may ${role}` });
  const seconds = Math.max(1, Math.floor((begun.expiresAt - now) / millisecondsPerSecond));
  void reply.removeHeader('set-cookie').header('set-cookie', [forget, setSessionCookie(begun.cookie, { isSecure, seconds })]);
  return reply.redirect(kept.back, 302);
}

/** The page says it in words. */
function endAt(reply: FastifyReply, problem: SignInProblem): FastifyReply {
  return reply.redirect(`/?sign-in=${problem}`, 302);
}

/** An address of the page itself, and never anything that leads away from it. */
function pathOfPage(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/incidents\/[\w-]{1,200}$/.test(wanted) ? wanted : '/';
}

function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}

function writeAttempt({ state, nonce, verifier }: SignInAttempt, back: string): string {
  return [state, nonce, verifier, Buffer.from(back).toString('base64url')].join('.');
}

/** Undefined: it is none of ours. */
function readAttempt(value: string | undefined): { readonly attempt: SignInAttempt; readonly back: string } | undefined {
  const [, state, nonce, verifier, back] = /^([\w-]{20,128})\.([\w-]{20,128})\.([\w-]{43,128})\.([\w-]{1,400})$/.exec(value ?? '') ?? [];
  if (state === undefined || nonce === undefined || verifier === undefined || back === undefined) return undefined;
  return { attempt: { state, nonce, verifier }, back: pathOfPage(Buffer.from(back, 'base64url').toString('utf8')) };
}
