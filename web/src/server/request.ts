import type { Failure } from '../../../src/surfaces/http/contract.ts';
import { noteServerDate } from './server-clock.ts';

/** What went wrong, in the words of the server. `status` 0: the server was not reached. */
export class ServerFailure extends Error {
  readonly status: number;
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;

  constructor(status: number, { attempted, happened, whatToDo }: Failure['error']) {
    super(`${attempted}: ${happened}`);
    this.status = status;
    this.attempted = attempted;
    this.happened = happened;
    this.whatToDo = whatToDo;
  }
}

let csrf: string | undefined;

/** The mark of the session, which every change carries. Undefined: nobody is signed in. */
export function noteCsrf(mark: string | undefined): void {
  csrf = mark;
}

export async function read<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return send<Answer>(path, { method: 'GET', ...(signal === undefined ? {} : { signal }) });
}

export async function change<Answer>(
  path: string,
  { method = 'POST', body = {} }: { readonly method?: 'POST' | 'DELETE'; readonly body?: unknown } = {},
): Promise<Answer> {
  return send<Answer>(path, {
    method,
    headers: {
      ...(csrf === undefined ? {} : { 'x-stanch-csrf': csrf }),
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
  });
}

async function send<Answer>(path: string, wish: RequestInit): Promise<Answer> {
  const attempted = `${wish.method === 'GET' ? 'Reading' : 'Sending'} ${path}`;
  const response = await fetch(`/api/v1${path}`, { credentials: 'same-origin', ...wish }).catch((cause: unknown) => {
    if (wish.signal?.aborted === true) throw cause;
    throw new ServerFailure(0, {
      attempted,
      happened: 'the server was not reached',
      whatToDo: 'Check the connection. What you see may be old; nothing was sent.',
    });
  });
  noteServerDate(response.headers.get('date'));
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) throw new ServerFailure(response.status, failureIn(answer) ?? unexpected(attempted, response.status));
  return answer as Answer;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureIn(answer: unknown): Failure['error'] | undefined {
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? (answer as Partial<Failure>).error : undefined;
  return typeof error?.happened === 'string' && typeof error.attempted === 'string' && typeof error.whatToDo === 'string'
    ? error
    : undefined;
}

function unexpected(attempted: string, status: number): Failure['error'] {
  return { attempted, happened: `the server answered with status ${status}`, whatToDo: 'Try again; its log says more.' };
}
