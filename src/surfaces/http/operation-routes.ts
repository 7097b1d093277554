import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { oneLine } from '../../writing/terminal-safe.ts';
import { redactText } from '../../domain/redaction.ts';
import type { AnyOperation, OperationResult } from '../../engine/serve/operation.ts';
import type { User } from '../../engine/access/users.ts';
import type { ServedIncidents } from '../../engine/serve/served-incidents.ts';
import type { AuditEntry } from '../../ports/access-store.ts';
import { comeAgainSeconds, failureBody, type HttpFailure, sendFailure } from './failures.ts';
import { actorOf, type Guard } from './guard.ts';
import { readOperationInput } from './operation-input.ts';
import { openEventStream } from './event-stream.ts';

export interface OperationRoutes {
  readonly operations: readonly AnyOperation[];
  readonly incidents: ServedIncidents;
  readonly guard: Guard;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

export const apiPrefix = '/api/v1';

/** One route for each operation. Who asks "accept: text/event-stream" of a POST hears what is waited for, and then the result. */
export function addOperationRoutes(server: FastifyInstance, routes: OperationRoutes): void {
  for (const operation of routes.operations) {
    const { name, effect, route, role } = operation;
    const isChange = effect !== 'reads';
    server.route({
      method: isChange ? 'POST' : 'GET',
      url: `${apiPrefix}${route}`,
      onRequest: routes.guard.admit({ what: name, role, isChange }),
      handler: (request, reply) => answer(operation, routes, { request, reply }),
    });
  }
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answer(operation: AnyOperation, routes: OperationRoutes, { request, reply }: Exchange): Promise<FastifyReply> {
  const { params, query, body, headers } = request;
  const read = readOperationInput(operation, { params, query, body });
  if (read.state === 'refused') {
    const whatToDo = `${apiPrefix}/openapi.json says what ${operation.name} takes`;
    return sendFailure(reply, { status: 400, attempted: operation.name, happened: read.happened, whatToDo });
  }
  const isStreamed = operation.effect !== 'reads' && headers.accept === 'text/event-stream';
  const stream = isStreamed ? openEventStream(reply) : undefined;
  const result = await run(operation, read.input, { routes, request, reply, progress: (text) => void stream?.send('progress', { text }) });
  const outcome = outcomeOf(operation, result);
  if (stream === undefined) return 'value' in outcome ? reply.send(outcome.value) : sendFailure(reply, outcome);
  await stream.send(
    'result',
    'value' in outcome ? { status: 200, body: outcome.value } : { status: outcome.status, body: failureBody(outcome) },
  );
  stream.end();
  return reply;
}

interface Run extends Exchange {
  readonly routes: OperationRoutes;
  readonly progress: (text: string) => void;
}

async function run(
  operation: AnyOperation,
  input: Readonly<Record<string, unknown>>,
  { routes, request, reply, progress }: Run,
): Promise<OperationResult<unknown>> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  reply.raw.once('close', leave);
  try {
    return await runRecorded(operation, input, { routes, user: routes.guard.userOf(request), signal: gone.signal, progress });
  } finally {
    reply.raw.off('close', leave);
  }
}

export interface RecordedRun {
  readonly routes: OperationRoutes;
  readonly user: User;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** Does it for somebody who may. What changes something is in the audit log afterwards, however it ended. */
export async function runRecorded(
  operation: AnyOperation,
  input: Readonly<Record<string, unknown>>,
  { routes, user, signal, progress }: RecordedRun,
): Promise<OperationResult<unknown>> {
  const { incidents, guard, pause, stopping } = routes;
  const { name: by, credential, role } = user;
  const result = await operation.run(input, {
    incidents,
    by,
    credential,
    role,
    signal: AbortSignal.any([signal, stopping]),
    progress,
    pause,
  });
  const isRecorded = operation.effect === 'reads' || (operation.isRecordedBefore === true && result.state === 'done');
  if (!isRecorded) await guard.record({ ...actorOf(user), ...auditOf(operation, input, result) });
  // Only what the operation says that it tells goes out: whatever else a value carries is left behind.
  return result.state === 'done' ? { state: 'done', value: operation.output.parse(result.value) } : result;
}

type Outcome = { readonly value: unknown } | HttpFailure;

function outcomeOf({ name }: AnyOperation, result: OperationResult<unknown>): Outcome {
  switch (result.state) {
    case 'done':
      return { value: result.value };
    case 'missing':
      return { status: 404, attempted: name, happened: `there is no ${result.what}`, whatToDo: 'Check the id' };
    case 'refused':
      return { status: 409, attempted: name, happened: result.because, whatToDo: 'Look at it as it is now, and decide again' };
    case 'failed':
      return { ...result, status: 503, retryAfterSeconds: comeAgainSeconds };
  }
}

const results = { done: 'done', missing: 'refused', refused: 'refused', failed: 'failed' } as const;
const longestShown = 100;

function auditOf(
  { name: what }: AnyOperation,
  { incident, ...input }: Readonly<Record<string, unknown>>,
  result: OperationResult<unknown>,
): Omit<AuditEntry, 'at' | 'by'> {
  const asked = Object.entries(input).map(([field, value]) => `${field}=${shown(value)}`);
  const because = result.state === 'refused' ? [result.because] : result.state === 'failed' ? [result.happened] : [];
  const detail = oneLine(redactText([...asked, ...because].join(', ')));
  return { what, result: results[result.state], detail, ...(typeof incident === 'string' ? { incident } : {}) };
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestShown ? `${text.length} characters` : text;
}
