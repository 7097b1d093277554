import type { Change } from './change.ts';
import type { Connection, Reply } from './connection.ts';
import { noAnswer, type NoAnswer } from './failure.ts';
import type { ClusterLimits } from './limits.ts';
import { type Refusal, refusalFrom } from './refusal.ts';

/** Waits, and ends early without an error when the signal says so. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export interface ApiQuestion<Value = unknown> {
  /** Path and query, beginning with a slash. */
  readonly path: string;
  /** "text": the body as it is. A function: what it makes of the body; it throws SyntaxError where that is no JSON. */
  readonly as: 'json' | 'text' | ((body: Buffer) => Value);
  /** Absent: application/json. */
  readonly accept?: string;
  /** Absent: as the limits say. */
  readonly limitBytes?: number;
  readonly attempts?: number;
  /** Until the first sign of an answer; who is silent for so long is not asked again. Absent: as the limits say. */
  readonly answerMilliseconds?: number;
  /** Absent: only reads. */
  readonly change?: Change;
}

export type Answer<Value = unknown> =
  | { readonly state: 'json'; readonly value: Value; readonly bytes: number }
  | { readonly state: 'text'; readonly text: string; readonly bytes: number }
  | Refusal
  | { readonly state: 'too-large'; readonly detail: string }
  | NoAnswer;

export interface ApiClient {
  readonly ask: <Value = unknown>(question: ApiQuestion<Value>, signal: AbortSignal) => Promise<Answer<Value>>;
  readonly requests: () => number;
}

/** Asks patiently but not forever: few questions at a time, again after a pause where that may help, never past the signal. */
export function apiClient(connection: Connection, limits: ClusterLimits, wait: Wait): ApiClient {
  const turn = turns(limits.requestsAtOnce);
  let requests = 0;
  return {
    requests: () => requests,
    async ask(question, signal) {
      const attempts = question.attempts ?? limits.attempts;
      let hasRenewed = false;
      for (let attempt = 1; ; attempt += 1) {
        const reply = await turn(() => {
          requests += 1;
          return connection.send(
            {
              path: question.path,
              accept: question.accept ?? 'application/json',
              limitBytes: question.limitBytes ?? limits.answerBytes,
              ...(question.answerMilliseconds === undefined ? {} : { answerMilliseconds: question.answerMilliseconds }),
              ...(question.change === undefined ? {} : { change: question.change }),
            },
            signal,
          );
        });
        if (reply.state === 'answered' && reply.status === 401 && !hasRenewed) {
          // A token may have ended between two requests; what a plugin kept of it must be asked for anew.
          hasRenewed = true;
          reply.release();
          connection.forgetCredentials();
          continue;
        }
        const answer = answerFrom(reply, question);
        if (reply.state === 'answered') reply.release();
        const isSilent = question.answerMilliseconds !== undefined && reply.state === 'broken' && reply.because === 'timed-out';
        const pause = attempt < attempts && !isSilent ? pauseBefore(attempt, reply, answer, limits) : undefined;
        if (pause === undefined) return answer;
        await wait(pause, signal);
        if (signal.aborted)
          return noAnswer('timed-out', `${detailOf(answer)}; the time for the investigation was used up before it could be asked again`);
      }
    },
  };
}

/** Lets so many run at once; the others wait in order. */
function turns(atOnce: number): <Result>(run: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (running < atOnce) running += 1;
    else await new Promise<void>((resume) => waiting.push(resume));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      // The next one takes over this one's place.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function answerFrom<Value>(reply: Reply, { as, change }: ApiQuestion<Value>): Answer<Value> {
  if (reply.state === 'broken') {
    if (reply.because === 'too-large') return { state: 'too-large', detail: reply.detail };
    const because =
      reply.because === 'timed-out' || reply.because === 'given-up'
        ? 'timed-out'
        : reply.because === 'no-credentials'
          ? 'forbidden'
          : 'unreachable';
    return noAnswer(because, reply.detail, reply.whatToDo);
  }
  const { status, body } = reply;
  // 204 is how the API server answers for the log of a pod that is on no node yet; 201 and 202 mean created, and will be deleted.
  const isFine = status === 200 || (status === 204 && as === 'text') || (change !== undefined && (status === 201 || status === 202));
  if (!isFine) return refusalFrom({ status, body: body.toString('utf8'), retryAfter: reply.retryAfter });
  if (as === 'text') return { state: 'text', text: body.toString('utf8'), bytes: body.length };
  try {
    const value: Value = as === 'json' ? JSON.parse(body.toString('utf8')) : as(body);
    return { state: 'json', value, bytes: body.length };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return noAnswer('malformed', `the answer is no JSON; it begins with ${JSON.stringify(body.toString('utf8', 0, 60))}`);
  }
}

/** Milliseconds until the next attempt. Undefined: asking again cannot help. */
function pauseBefore(attempt: number, reply: Reply, answer: Answer, limits: ClusterLimits): number | undefined {
  if (!mayPass(reply, answer)) return undefined;
  const own = limits.firstPauseMilliseconds * 2 ** (attempt - 1);
  const told = reply.state === 'answered' ? Number(reply.retryAfter) * 1000 : Number.NaN;
  return Math.min(Number.isFinite(told) && told >= 0 ? told : own, limits.longestPauseMilliseconds);
}

function mayPass(reply: Reply, answer: Answer): boolean {
  if (reply.state === 'broken') return reply.because === 'unreachable' || reply.because === 'timed-out';
  if (answer.state === 'no-answer') return answer.because === 'malformed';
  return reply.status === 429 || reply.status >= 500;
}

function detailOf(answer: Answer): string {
  switch (answer.state) {
    case 'refused':
      return answer.message;
    case 'too-large':
    case 'no-answer':
      return answer.detail;
    case 'json':
    case 'text':
      return 'answered';
  }
}
