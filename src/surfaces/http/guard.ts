import type { FastifyReply, FastifyRequest } from 'fastify';
import { spokenCredential } from '../../domain/credential.ts';
import { mayActAs, type Role } from '../../domain/role.ts';
import { type User, userOfSession, userOfToken } from '../../engine/access/users.ts';
import { hashOfSecret } from '../../engine/access/access-secret.ts';
import type { AccessStore, AuditEntry } from '../../ports/access-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ServerLog } from '../../ports/server-log.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { sessionCookie } from './cookies.ts';
import { comeAgainSeconds, type HttpFailure, sendFailure, tooMany } from './failures.ts';
import type { HttpLimits } from './http-server-input.ts';
import { addressKey, RateLimiter } from './rate-limiter.ts';
import { isReachedByHttps } from './security-headers.ts';
import { csrfHeader, csrfOf, isFromOurPage, isSameSecret } from './same-origin.ts';

export interface GuardInput {
  readonly access: AccessStore;
  readonly clock: Clock;
  readonly log: ServerLog;
  readonly limits: Pick<HttpLimits, 'perAddress' | 'perToken' | 'failedSignIns' | 'signInsPerToken' | 'recordedRefusals'>;
  readonly publicAddress: string | undefined;
}

/** What somebody wants to do. */
export interface Wish {
  /** For the record and for messages: the operation's name. */
  readonly what: string;
  readonly role: Role;
  /** True: a browser has to show that it comes from our own page. */
  readonly isChange: boolean;
}

export type Identified =
  | { readonly state: 'found'; readonly user: User; readonly cookie: string | undefined }
  /** Nothing was shown. */
  | { readonly state: 'nobody' }
  /** What was shown is good for nothing. */
  | { readonly state: 'unknown' }
  | StoreFailure;

/** Lets nobody in who may not do what they want, before anything of their request is read. */
export class Guard {
  readonly #input: GuardInput;
  readonly #addresses: RateLimiter;
  readonly #users: RateLimiter;
  readonly #failures: RateLimiter;
  readonly #signIns: RateLimiter;
  readonly #refusals: RateLimiter;
  readonly #known = new WeakMap<FastifyRequest, User>();

  constructor(input: GuardInput) {
    this.#input = input;
    this.#addresses = new RateLimiter(input.limits.perAddress);
    this.#users = new RateLimiter(input.limits.perToken);
    this.#failures = new RateLimiter(input.limits.failedSignIns);
    this.#signIns = new RateLimiter(input.limits.signInsPerToken);
    this.#refusals = new RateLimiter(input.limits.recordedRefusals);
  }

  get isSecure(): boolean {
    return isReachedByHttps(this.#input.publicAddress);
  }

  /** Undefined: the address may go on. */
  limitAddress(request: FastifyRequest): HttpFailure | undefined {
    const wait = this.#addresses.take(addressKey(request.ip), this.#input.clock.now());
    return wait === undefined ? undefined : tooMany('answering this address', wait);
  }

  /** A hook for a route: answers itself where somebody may not go on. */
  admit(wish: Wish): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
    return async (request, reply) => {
      const failure = await this.check(request, wish);
      return failure === undefined ? undefined : sendFailure(reply, failure);
    };
  }

  /** Undefined: the request may go on, and `userOf` tells who asks. */
  async check(request: FastifyRequest, wish: Wish): Promise<HttpFailure | undefined> {
    const identified = await this.identify(request);
    if (identified.state === 'failed') return { ...identified, status: 503, retryAfterSeconds: comeAgainSeconds };
    if (identified.state === 'unknown') return this.signInFailed(request, wish.what);
    if (identified.state === 'nobody') return unauthorised(wish.what, 'nobody is signed in');
    const { user, cookie } = identified;
    const wait = this.#users.take(spokenCredential(user.credential), this.#input.clock.now());
    if (wait !== undefined) return tooMany(wish.what, wait);
    if (wish.isChange && cookie !== undefined && !this.isOurs(request, cookie)) {
      await this.#recordRefusal(actorOf(user), wish.what, 'it did not come from our own page');
      return forbidden(wish.what, 'the request does not come from the page of this server', 'Load the page again');
    }
    if (!(await this.mayDo(user, wish))) return forbidden(wish.what, `"${user.role}" may not do it`, `Ask somebody who may "${wish.role}"`);
    this.#known.set(request, user);
    return undefined;
  }

  /** Who tries to change what they may not is recorded. */
  async mayDo(user: User, { what, role, isChange }: Wish): Promise<boolean> {
    if (mayActAs(user.role, role)) return true;
    if (isChange) await this.#recordRefusal(actorOf(user), what, `${user.role} may not do it`);
    return false;
  }

  /** Only behind `check`. */
  userOf(request: FastifyRequest): User {
    const user = this.#known.get(request);
    if (user === undefined) throw new Error(`Nobody was admitted to ${request.method} ${request.routeOptions.url ?? ''}.`);
    return user;
  }

  async identify({ headers }: FastifyRequest): Promise<Identified> {
    const { access, clock } = this.#input;
    if (headers.authorization !== undefined) {
      const secret = /^Bearer +(\S+) *$/i.exec(headers.authorization)?.[1] ?? '';
      const found = await userOfToken(access, secret, clock.now());
      return found.state === 'found' ? { ...found, cookie: undefined } : found;
    }
    const cookie = sessionCookie(headers.cookie, this);
    if (cookie === undefined || cookie === '') return { state: 'nobody' };
    const found = await userOfSession(access, cookie, clock.now());
    // A session that has ended is no attempt to get in: its owner signs in again.
    return found.state === 'found' ? { ...found, cookie } : found.state === 'unknown' ? { state: 'nobody' } : found;
  }

  isOurs({ headers }: FastifyRequest, cookie: string): boolean {
    const given = headers[csrfHeader];
    return typeof given === 'string' && isSameSecret(given, csrfOf(cookie)) && isFromOurPage(headers, this.#input.publicAddress);
  }

  /** Undefined: whoever shows this secret may sign in. Each time a session is stored, which stays for hours. */
  limitSignIn(secret: string): HttpFailure | undefined {
    const wait = this.#signIns.take(hashOfSecret(secret), this.#input.clock.now());
    return wait === undefined ? undefined : tooMany('signing in', wait);
  }

  /** Counted for the address, so that a flood of guesses fills neither the audit log nor the disk. */
  async signInFailed({ ip }: FastifyRequest, what: string): Promise<HttpFailure> {
    const wait = this.#failures.take(addressKey(ip), this.#input.clock.now());
    if (wait !== undefined) return tooMany('signing in', wait);
    await this.#recordRefusal(nobody, 'sign-in', `${what} from ${ip}: no valid secret`);
    return unauthorised(what, 'the secret is not valid: it is mistyped, revoked or has run out');
  }

  /** The same for a webhook whose sender did not prove itself. */
  async webhookRefused({ ip }: FastifyRequest, webhook: string): Promise<HttpFailure> {
    const wait = this.#failures.take(`webhook ${addressKey(ip)}`, this.#input.clock.now());
    if (wait !== undefined) return tooMany(webhook, wait);
    await this.#recordRefusal(nobody, 'webhook', `${webhook} from ${ip}: no valid signature or secret`);
    return {
      ...unauthorised(webhook, 'it has no valid signature or secret'),
      whatToDo: 'Give the sender the secret of the server settings',
    };
  }

  /** The log tells of each request that was refused; of a flood from everywhere, or of one user, the audit log keeps the beginning. */
  async #recordRefusal(who: Actor, what: string, detail: string): Promise<void> {
    const key = who.credential ?? 'nobody';
    if (this.#refusals.take(`${what} ${key}`, this.#input.clock.now()) === undefined)
      await this.record({ ...who, what, result: 'refused', detail });
  }

  /** What could not be recorded is at least in the log. */
  async record(entry: Omit<AuditEntry, 'at'>): Promise<void> {
    const { access, clock, log } = this.#input;
    const stored = await access.audit({ at: clock.now(), ...entry });
    if (stored.state === 'failed')
      log.write('error', 'an entry of the audit log could not be stored', { ...entry, because: stored.happened });
  }
}

type Actor = Pick<AuditEntry, 'by' | 'credential'>;

/** Who it was, as the audit log keeps it. */
export function actorOf({ name, credential }: Pick<User, 'name' | 'credential'>): Actor {
  return { by: name, credential: spokenCredential(credential) };
}

/** Whoever shows nothing that is good for something, wherever they are. */
const nobody: Actor = { by: 'nobody' };

function unauthorised(attempted: string, happened: string): HttpFailure {
  const whatToDo = 'Sign in on the page, or send "authorization: Bearer" with an access token';
  return { status: 401, attempted, happened, whatToDo };
}

function forbidden(attempted: string, happened: string, whatToDo: string): HttpFailure {
  return { status: 403, attempted, happened, whatToDo };
}
