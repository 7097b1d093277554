import type { FastifyReply } from 'fastify';
import { oneLine } from '../../writing/terminal-safe.ts';
import type { Failure } from './contract.ts';

export interface HttpFailure {
  readonly status: number;
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
  /** Absent: nobody is asked to come again. */
  readonly retryAfterSeconds?: number;
}

export function sendFailure(reply: FastifyReply, failure: HttpFailure): FastifyReply {
  const { status, retryAfterSeconds } = failure;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="stanch"');
  // What is left of a body that nobody will read must not hold the connection open.
  if (!reply.request.raw.complete) void reply.header('connection', 'close');
  return reply.code(status).send(failureBody(failure));
}

export function failureBody({ attempted, happened, whatToDo }: Omit<HttpFailure, 'status'>): Failure {
  return { error: { attempted: oneLine(attempted), happened: oneLine(happened), whatToDo: oneLine(whatToDo) } };
}

/** The database did not answer: the same request may succeed in a moment. */
export const comeAgainSeconds = 5;

export function tooMany(attempted: string, retryAfterSeconds: number): HttpFailure {
  return {
    status: 429,
    attempted,
    happened: 'too many requests came in a short time',
    whatToDo: `Come again in ${retryAfterSeconds} s`,
    retryAfterSeconds,
  };
}
