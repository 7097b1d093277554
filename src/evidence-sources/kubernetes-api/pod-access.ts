import { pod as podShape, type Pod } from '../../domain/kubernetes/pod.ts';
import { isRecord } from '../../domain/shape.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PodAccess, PodAnswer } from '../../ports/pod-access.ts';
import type { Answer, ApiClient, Wait } from './api-client.ts';
import type { Change } from './change.ts';
import { type ExecParts, runInContainer } from './exec-stream.ts';
import { becauseOf } from './read-list.ts';

export interface PodAccessParts extends ExecParts {
  readonly clock: Clock;
  readonly wait: Wait;
}

/** A second attempt is safe: the name is ours, so a pod that exists already is the one of the first attempt. */
const changeAttempts = 2;

/** The only file of this source that changes anything, and only pods that it is told to create or delete. */
export function podAccess(parts: PodAccessParts): PodAccess {
  const { api, clock, wait } = parts;
  return {
    run: (place, program, signal) => runInContainer(parts, place, program, signal),
    async create(manifest, signal) {
      const { namespace, name } = manifest.metadata;
      const answer = await ask(api, podsPath(namespace), signal, { method: 'POST', body: manifest });
      return answer.state === 'refused' && answer.status === 409
        ? readPod(await ask(api, podPath(namespace, name), signal))
        : readPod(answer);
    },
    look: async (namespace, name, signal) => readPod(await ask(api, podPath(namespace, name), signal)),
    async remove(namespace, name, signal) {
      const answer = await ask(api, podPath(namespace, name), signal, { method: 'DELETE', body: { gracePeriodSeconds: 0 } });
      return answer.state === 'json' || (answer.state === 'refused' && answer.status === 404)
        ? { state: 'answered', value: undefined }
        : failed(answer);
    },
    async listLabelled(label, namespace, signal) {
      const query = `?labelSelector=${encodeURIComponent(label)}`;
      const everywhere = await ask(api, `/api/v1/pods${query}`, signal);
      return readPods(
        everywhere.state === 'refused' && everywhere.status === 403 ? await ask(api, `${podsPath(namespace)}${query}`, signal) : everywhere,
      );
    },
    pause: wait,
    now: clock.now,
  };
}

function ask(api: ApiClient, path: string, signal: AbortSignal, change?: Change): Promise<Answer> {
  return api.ask({ path, as: 'json', attempts: changeAttempts, ...(change === undefined ? {} : { change }) }, signal);
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

function podPath(namespace: string, name: string): string {
  return `${podsPath(namespace)}/${encodeURIComponent(name)}`;
}

function readPod(answer: Answer): PodAnswer<Pod> {
  return answer.state === 'json' ? { state: 'answered', value: podShape.read(answer.value) } : failed(answer);
}

function readPods(answer: Answer): PodAnswer<readonly Pod[]> {
  if (answer.state !== 'json') return failed(answer);
  const items = isRecord(answer.value) ? answer.value['items'] : undefined;
  return { state: 'answered', value: Array.isArray(items) ? items.map((item: unknown) => podShape.read(item)) : [] };
}

function failed(answer: Answer): Extract<PodAnswer<never>, { readonly state: 'failed' }> {
  switch (answer.state) {
    case 'refused':
      return { state: 'failed', because: becauseOf(answer.status), detail: answer.message, isMissing: answer.status === 404 };
    case 'no-answer':
      return { state: 'failed', because: answer.because, detail: answer.detail, isMissing: false };
    case 'too-large':
    case 'json':
    case 'text':
      return { state: 'failed', because: 'malformed', detail: 'the answer is no pod', isMissing: false };
  }
}
