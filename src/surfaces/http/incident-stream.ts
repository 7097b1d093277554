import type { FastifyInstance, FastifyRequest } from 'fastify';
import { spokenCredential } from '../../domain/credential.ts';
import { type Incident, incidentOf, withEvent } from '../../domain/incident.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { isIncidentId } from '../../domain/incident-id.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import type { ServedIncidents } from '../../engine/serve/served-incidents.ts';
import type { Clock } from '../../ports/clock.ts';
import { entriesOf } from '../../writing/timeline-entries.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { comeAgainSeconds, type HttpFailure, sendFailure, tooMany } from './failures.ts';
import type { Guard, Wish } from './guard.ts';
import type { HttpLimits } from './http-server-input.ts';
import { apiPrefix } from './operation-routes.ts';

export interface StreamRoutes {
  readonly incidents: ServedIncidents;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly limits: Pick<HttpLimits, 'streamsPerUser' | 'streams'>;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly stopping: AbortSignal;
}

/** A reader that hears nothing for longer than this looks for the cause on its own side. */
const aliveMilliseconds = 10_000;
/** A token that was revoked ends its streams within a minute and a beat, however much there is to tell. */
const looksAgainMilliseconds = millisecondsPerMinute;

const wish: Wish = { what: 'follow-incident', role: 'view', isChange: false };

/** Follows one incident: everything that is stored, as entries of its timeline, and what is looked at right now. */
export function addIncidentStream(server: FastifyInstance, routes: StreamRoutes): void {
  const open = new Map<string, number>();
  server.get(`${apiPrefix}/incidents/:incident/stream`, { onRequest: routes.guard.admit(wish) }, async (request, reply) => {
    const key = spokenCredential(routes.guard.userOf(request).credential);
    const asked = readRequest(request);
    if ('status' in asked) return sendFailure(reply, asked);
    const all = [...open.values()].reduce((sum, count) => sum + count, 0);
    const own = open.get(key) ?? 0;
    if (own >= routes.limits.streamsPerUser || all >= routes.limits.streams)
      return sendFailure(reply, tooMany(wish.what, comeAgainSeconds));
    open.set(key, own + 1);
    try {
      const failure = failureOf(await routes.incidents.eventsFrom(asked.incident, 0), asked.incident);
      if (failure === undefined) await follow(asked, { ...routes, stream: openEventStream(reply), request });
      else await sendFailure(reply, failure);
    } finally {
      const left = (open.get(key) ?? 1) - 1;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    }
    return reply;
  });
}

interface Asked {
  readonly incident: string;
  /** First position that the reader does not have. */
  readonly from: number;
}

function readRequest({ params, query, headers }: FastifyRequest): Asked | HttpFailure {
  const { incident } = params as { readonly incident: string };
  const refused = (happened: string): HttpFailure => ({ status: 400, attempted: wish.what, happened, whatToDo: 'Check the address' });
  if (!isIncidentId(incident)) return refused('it is no id of an incident');
  const last = headers['last-event-id'];
  const { from = '0' } = query as { readonly from?: string };
  const text = last === undefined ? from : last;
  if (typeof text !== 'string' || !/^\d{1,9}$/.test(text)) return refused('the position is no number');
  return { incident, from: last === undefined ? Number(text) : Number(text) + 1 };
}

type Events = Awaited<ReturnType<ServedIncidents['eventsFrom']>>;

function failureOf(events: Events, incident: string): HttpFailure | undefined {
  if ('attempted' in events) return { ...events, status: 503, retryAfterSeconds: comeAgainSeconds };
  if (!('state' in events)) return undefined;
  return { status: 404, attempted: wish.what, happened: `there is no incident ${incident}`, whatToDo: 'Check the id' };
}

interface Following extends StreamRoutes {
  readonly stream: EventStream;
  readonly request: FastifyRequest;
}

async function follow({ incident, from }: Asked, following: Following): Promise<void> {
  const { incidents, pause, stopping, stream, clock } = following;
  const ended = AbortSignal.any([stream.gone, stopping]);
  const news = new News();
  const stopFollowing = incidents.follow(incident, (each) => news.hear(each));
  try {
    // From the beginning, because a change is told in the words of the plan that it is part of.
    let told: Told = { position: 0, incident: undefined };
    let lookedAt = clock.now();
    while (!ended.aborted) {
      // A clock that was set back must not make a stream endless.
      if (Math.abs(clock.now() - lookedAt) >= looksAgainMilliseconds) {
        if (!(await mayStillFollow(following))) break;
        lookedAt = clock.now();
      }
      const events = await incidents.eventsFrom(incident, told.position);
      // The reader comes again, and is answered then.
      if ('state' in events) break;
      told = await tell(events, told, { from, stream });
      if (events.length > 0) await stream.send('view', {});
      const heard = await news.next(pause, ended);
      for (const text of heard.progress) await stream.send('progress', { text });
      if (heard.isSilent && !ended.aborted) await stream.send('alive', {});
    }
  } finally {
    stopFollowing();
    stream.end();
  }
}

async function mayStillFollow({ guard, request }: Following): Promise<boolean> {
  return (await guard.check(request, wish)) === undefined;
}

interface Told {
  /** Of the next event. */
  readonly position: number;
  /** Without its investigations, which are large and no words of a later entry. */
  readonly incident: Incident | undefined;
}

async function tell(
  events: readonly IncidentEvent[],
  told: Told,
  { from, stream }: { readonly from: number; readonly stream: EventStream },
): Promise<Told> {
  let { position, incident } = told;
  for (const event of events) {
    incident = incident === undefined ? incidentOf([event]) : withEvent(incident, event);
    const entries = position < from ? [] : entriesOf(event, position, incident);
    // Only the last entry of a position carries its id: who resumes from there has them all.
    for (const [index, entry] of entries.entries()) await stream.send('entry', entry, index === entries.length - 1 ? position : undefined);
    position += 1;
    incident = incident === undefined ? undefined : { ...incident, investigations: [] };
  }
  return { position, incident };
}

/** Remembers what was heard while something else was written. */
class News {
  readonly #progress: string[] = [];
  #isStored = false;
  #wake: (() => void) | undefined;

  hear(news: { readonly kind: 'stored' } | { readonly kind: 'progress'; readonly text: string }): void {
    if (news.kind === 'stored') this.#isStored = true;
    // Only the latest says what is looked at now.
    else this.#progress.splice(0, this.#progress.length, news.text);
    this.#wake?.();
  }

  /** Waits for something to tell, but not longer than a reader waits for a sign of life. */
  async next(
    pause: StreamRoutes['pause'],
    ended: AbortSignal,
  ): Promise<{ readonly progress: readonly string[]; readonly isSilent: boolean }> {
    const waiting = new AbortController();
    const heard = new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#isStored || this.#progress.length > 0) this.#wake?.();
    await Promise.race([heard, pause(aliveMilliseconds, AbortSignal.any([ended, waiting.signal]))]);
    waiting.abort();
    const progress = this.#progress.splice(0);
    const isSilent = !this.#isStored && progress.length === 0;
    this.#isStored = false;
    return { progress, isSilent };
  }
}
