import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import { beginSession, type User } from '../../engine/access/users.ts';
import { hashOfSecret } from '../../engine/access/access-secret.ts';
import type { AccessStore } from '../../ports/access-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Session } from './contract.ts';
import { clearSessionCookie, setSessionCookie } from './cookies.ts';
import { comeAgainSeconds, type HttpFailure, sendFailure } from './failures.ts';
import { actorOf, type Guard } from './guard.ts';
import { apiPrefix } from './operation-routes.ts';
import { csrfOf, isFromOurPage } from './same-origin.ts';

export interface SessionRoutes {
  readonly access: AccessStore;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly version: string;
  readonly publicAddress: string | undefined;
  /** Absent: people sign in with access tokens alone. */
  readonly openId: { readonly name: string } | undefined;
}

const signInShape = z.strictObject({ token: z.string().max(500) });
const signingIn = 'signing in';

/** Signing in and out in a browser: a token is exchanged for a cookie that scripts cannot read. */
export function addSessionRoutes(server: FastifyInstance, routes: SessionRoutes): void {
  const { guard } = routes;
  server.get(`${apiPrefix}/session`, async (request, reply) => {
    const identified = await guard.identify(request);
    if (identified.state === 'failed') return sendFailure(reply, { ...identified, status: 503, retryAfterSeconds: comeAgainSeconds });
    // Otherwise tokens could be tried here, as many as one likes and unseen.
    if (identified.state === 'unknown') return sendFailure(reply, await guard.signInFailed(request, 'asking who is signed in'));
    return identified.state === 'found' ? sessionOf(identified.user, identified.cookie, routes) : sessionOf(undefined, undefined, routes);
  });
  server.post(`${apiPrefix}/session`, async (request, reply) => signIn(request, reply, routes));
  server.delete(`${apiPrefix}/session`, async (request, reply) => signOut(request, reply, routes));
}

function sessionOf(user: User | undefined, cookie: string | undefined, { version, openId }: SessionRoutes): Session {
  return {
    version,
    ...(openId === undefined ? {} : { openId: { name: openId.name } }),
    ...(user === undefined ? {} : { user: { name: user.name, role: user.role } }),
    ...(cookie === undefined ? {} : { csrf: csrfOf(cookie) }),
  };
}

async function signIn(request: FastifyRequest, reply: FastifyReply, routes: SessionRoutes): Promise<Session | FastifyReply> {
  const { access, clock, guard, publicAddress } = routes;
  const read = signInShape.safeParse(request.body);
  if (!read.success) return sendFailure(reply, refusal(400, 'the body is not {"token": "…"}', 'Send the token in a JSON body'));
  if (!isFromOurPage(request.headers, publicAddress))
    return sendFailure(reply, refusal(403, 'the request does not come from the page of this server', 'Sign in on the page'));
  const now = clock.now();
  const token = read.data.token.trim();
  const tooOften = guard.limitSignIn(token);
  if (tooOften !== undefined) return sendFailure(reply, tooOften);
  const begun = await beginSession(access, token, now);
  if (begun.state === 'unknown') return sendFailure(reply, await guard.signInFailed(request, signingIn));
  if (begun.state === 'failed') return sendFailure(reply, { ...begun, status: 503, retryAfterSeconds: comeAgainSeconds });
  await guard.record({ ...actorOf(begun.user), what: 'sign-in', result: 'done', detail: `from ${request.ip}` });
  const seconds = Math.max(1, Math.floor((begun.expiresAt - now) / millisecondsPerSecond));
  void reply.header('set-cookie', setSessionCookie(begun.cookie, { isSecure: guard.isSecure, seconds }));
  return sessionOf(begun.user, begun.cookie, routes);
}

async function signOut(request: FastifyRequest, reply: FastifyReply, routes: SessionRoutes): Promise<Session | FastifyReply> {
  const { access, guard } = routes;
  const identified = await guard.identify(request);
  if (identified.state === 'failed') return sendFailure(reply, { ...identified, status: 503, retryAfterSeconds: comeAgainSeconds });
  if (identified.state === 'unknown') return sendFailure(reply, await guard.signInFailed(request, 'signing out'));
  if (identified.state === 'found' && identified.cookie !== undefined) {
    if (!guard.isOurs(request, identified.cookie))
      return sendFailure(reply, { ...refusal(403, 'it did not come from our own page', 'Load the page again'), attempted: 'signing out' });
    const ended = await access.endSession(hashOfSecret(identified.cookie));
    if (ended.state === 'failed') return sendFailure(reply, { ...ended, status: 503, retryAfterSeconds: comeAgainSeconds });
  }
  void reply.header('set-cookie', clearSessionCookie(guard));
  return sessionOf(undefined, undefined, routes);
}

function refusal(status: number, happened: string, whatToDo: string): HttpFailure {
  return { status, attempted: signingIn, happened, whatToDo };
}
