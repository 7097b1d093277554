import { changedSubject } from '../../domain/cluster-change.ts';
import { hasEnded } from '../../domain/exact-write.ts';
import type { PreparedChange } from '../../domain/prepared-change.ts';
import { spokenSubject } from '../../domain/subject.ts';
import type { ChangeOutcome } from '../../ports/actuator.ts';
import type { ClusterAnswer, ClusterRequest, ClusterRequests } from '../../ports/cluster-requests.ts';
import { spokenRefusal } from './advice.ts';
import { isForGood, readObject } from './read-object.ts';

export interface PodEnding {
  readonly requests: ClusterRequests;
  readonly prepared: PreparedChange;
  readonly way: 'evict' | 'delete';
  /** True: the server only says what it would do. */
  readonly isRehearsal: boolean;
}

/** What an earlier request of the same call leaves open. */
interface Doubt {
  readonly why: string;
  /** True: the server failed at it, perhaps after it was done. */
  readonly mayBeDone: boolean;
}

const mostAttempts = 4;
const pauseMilliseconds = 100;

/** Ends this very pod and no other of its name. */
export async function endPod(ending: PodEnding, signal: AbortSignal): Promise<ChangeOutcome> {
  const { requests, prepared } = ending;
  const spoken = spokenSubject(changedSubject(prepared.change));
  let doubt: Doubt | undefined;
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    if (attempt > 1) await requests.pause(pauseMilliseconds * attempt, signal);
    const read = await readObject(requests, prepared.object.path, signal);
    if (read.state === 'unreadable') return unseen(read, doubt);
    if (hasEnded(read.state === 'read' ? read.object : undefined, prepared.object.uid))
      return doubt?.mayBeDone === true
        ? { state: 'accepted', detail: `${spoken} is gone, or on its way. ${doubt.why}` }
        : { state: 'already-so', detail: `${spoken} is gone already, or on its way.` };
    if (signal.aborted) return { state: 'held-back', detail: `${spoken}: it was stopped before anything was asked.` };
    const judged = judge(ending, await requests.send(requestFor(ending), signal), spoken);
    if ('detail' in judged) return judged;
    doubt = judged;
  }
  return { state: 'held-back', detail: `${doubt?.why ?? ''} ${spoken} is still there.`.trim() };
}

function unseen(read: { readonly because: string; readonly isForGood: boolean }, doubt: Doubt | undefined): ChangeOutcome {
  if (doubt?.mayBeDone === true) return { state: 'unknown', detail: `${doubt.why} Whether it was done cannot be seen: ${read.because}` };
  return { state: read.isForGood ? 'refused' : 'held-back', detail: `Nothing was asked: ${read.because}` };
}

function requestFor({ prepared, way, isRehearsal }: PodEnding): ClusterRequest {
  const { change, object } = prepared;
  const { name, namespace } = changedSubject(change);
  const dryRun = isRehearsal ? { dryRun: ['All'] } : {};
  const options = { preconditions: { uid: object.uid }, ...dryRun };
  if (way === 'delete')
    // A delete reads its options from the body alone where there is one.
    return { method: 'DELETE', path: object.path, body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options } };
  return {
    method: 'POST',
    path: `${object.path}/eviction?fieldManager=stanch${isRehearsal ? '&dryRun=All' : ''}`,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions: options },
  };
}

function judge({ way, isRehearsal }: PodEnding, answer: ClusterAnswer, spoken: string): ChangeOutcome | Doubt {
  const does = way === 'evict' ? 'evict' : 'delete';
  if (answer.state === 'answered')
    return { state: 'accepted', detail: `${spoken}: the server ${isRehearsal ? `would ${does} it` : `${does}s it`}.` };
  if (answer.state === 'no-answer')
    return {
      state: isRehearsal ? 'held-back' : 'unknown',
      detail: `${spoken}: no answer came to the ${isRehearsal ? 'dry run' : 'request'}: ${answer.detail}.`,
    };
  const { status, causes } = answer;
  const isBudget = causes.some(({ reason }) => reason === 'DisruptionBudget');
  const why = `${spoken}: ${isBudget ? 'a disruption budget holds it: ' : ''}${spokenRefusal(answer)}`;
  // Gone meanwhile, replaced by another of its name, or the server failed on the way: looking tells.
  if (status === 404 || status === 409 || (status >= 500 && !isRehearsal)) return { why, mayBeDone: status >= 500 };
  return { state: isForGood(status) ? 'refused' : 'held-back', detail: why };
}
