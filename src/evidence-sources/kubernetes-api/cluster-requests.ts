import type { JsonValue } from '../../domain/prepared-change.ts';
import type { ClusterAnswer, ClusterRequests } from '../../ports/cluster-requests.ts';
import type { Answer, ApiClient, Wait } from './api-client.ts';

/** Reading again does no harm. */
const readAttempts = 2;

/** For an actuator. A write is sent once: only who knows what it means can tell whether sending it again is right. */
export function clusterRequests({ api, wait }: { readonly api: ApiClient; readonly wait: Wait }): ClusterRequests {
  return {
    async send({ method, path, body = {} }, signal) {
      const question = method === 'GET' ? { attempts: readAttempts } : { attempts: 1, change: { method, body } };
      return clusterAnswer(await api.ask<JsonValue>({ path, as: 'json', ...question }, signal));
    },
    pause: wait,
  };
}

function clusterAnswer(answer: Answer<JsonValue>): ClusterAnswer {
  switch (answer.state) {
    case 'json':
      return { state: 'answered', value: answer.value };
    case 'refused':
      return answer;
    case 'no-answer': {
      const { because, detail, whatToDo } = answer;
      return { state: 'no-answer', because, detail: whatToDo === undefined ? detail : `${detail}; ${whatToDo}` };
    }
    case 'too-large':
      return { state: 'no-answer', because: 'malformed', detail: answer.detail };
    case 'text':
      return { state: 'no-answer', because: 'malformed', detail: 'the answer is no JSON' };
  }
}
