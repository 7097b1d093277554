import type { JsonValue } from '../../domain/prepared-change.ts';
import type { ClusterAnswer, ClusterRequests } from '../../ports/cluster-requests.ts';
import { advice } from './advice.ts';

export type ReadObject =
  | { readonly state: 'read'; readonly object: JsonValue }
  | { readonly state: 'gone' }
  /** isForGood: asking again cannot help. */
  | { readonly state: 'unreadable'; readonly because: string; readonly isForGood: boolean };

/** The object as it is now. */
export async function readObject(requests: ClusterRequests, path: string, signal: AbortSignal): Promise<ReadObject> {
  const answer = await requests.send({ method: 'GET', path }, signal);
  if (answer.state === 'answered') return { state: 'read', object: answer.value };
  // What is no API server answers 404 too, but does not call it so.
  if (answer.state === 'refused' && answer.status === 404 && answer.reason === 'NotFound') return { state: 'gone' };
  return { state: 'unreadable', because: whyUnreadable(path, answer), isForGood: answer.state === 'refused' && isForGood(answer.status) };
}

/** Why a GET of this path gave nothing. */
export function whyUnreadable(path: string, answer: Exclude<ClusterAnswer, { readonly state: 'answered' }>): string {
  return answer.state === 'refused'
    ? `${path} could not be read: ${answer.message}.${advice(answer)}`
    : `${path} could not be read: ${answer.detail}.`;
}

/** The server would say the same again. */
export function isForGood(status: number): boolean {
  return status < 500 && status !== 429 && status !== 408 && status !== 409;
}
