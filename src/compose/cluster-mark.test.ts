import { describe, expect, test } from 'vitest';
import { compareClusters, markCluster } from './cluster-mark.ts';
import type { Writing } from './sources.ts';
import type { ClusterAnswer } from '../ports/cluster-requests.ts';

/** A cluster that answers this to whoever asks for its namespace kube-system. */
function clusterThatSays(answer: ClusterAnswer): Writing {
  const requests = {
    send: ({ path }: { readonly path: string }) =>
      path === '/api/v1/namespaces/kube-system' ? Promise.resolve(answer) : Promise.reject(new Error(path)),
    pause: () => Promise.resolve(),
  };
  return {
    openRequests: () => Promise.resolve(requests),
    openPods: () => Promise.reject(new Error('No pods.')),
    tidy: () => Promise.resolve(),
  };
}

const forbidden: ClusterAnswer = {
  state: 'refused',
  status: 403,
  reason: 'Forbidden',
  message: 'namespaces "kube-system" is forbidden',
  causes: [],
  retryAfterSeconds: undefined,
};

describe('a cluster is told from others', () => {
  test.each<[string, Writing | undefined, object]>([
    ['by the uid of its kube-system', clusterThatSays({ state: 'answered', value: { metadata: { uid: 'a' } } }), { clusterUid: 'a' }],
    [
      'by its name alone where that may not be read, which is said',
      clusterThatSays(forbidden),
      { whyNoUid: '/api/v1/namespaces/kube-system could not be read: namespaces "kube-system" is forbidden' },
    ],
    ['by its name alone where it is a recording', undefined, { whyNoUid: 'this is a recording' }],
  ])('%s', async (_how, writing, expected) => {
    expect(await markCluster('prod', writing, new AbortController().signal)).toEqual({ cluster: 'prod', ...expected });
  });
});

describe('an incident is taken up', () => {
  const incident = { id: 'it', cluster: 'prod', clusterUid: 'a' };

  test('in its own cluster, whatever that is called by now', () => {
    expect(compareClusters(incident, { cluster: 'prod', clusterUid: 'a' })).toBeUndefined();
    expect(compareClusters(incident, { cluster: 'production', clusterUid: 'a' })).toBeUndefined();
  });

  test('not in another one of the same name', () => {
    expect(compareClusters(incident, { cluster: 'prod', clusterUid: 'b' })).toEqual({
      state: 'failed',
      attempted: 'working incident it',
      happened: 'it is of the cluster prod (kube-system a), and this is the cluster prod (kube-system b); nothing was done here',
      whatToDo: 'Point the kubeconfig at that cluster (kubectl config use-context, KUBECONFIG) and run it again',
    });
  });

  test('where only the names could be compared, which is said; and not where they differ', () => {
    const only = 'only the name of the cluster could be compared (prod), not the uid of its namespace kube-system';
    expect(compareClusters(incident, { cluster: 'prod', whyNoUid: 'not allowed' })).toBe(`${only}: not allowed`);
    expect(compareClusters({ id: 'it', cluster: 'prod' }, { cluster: 'prod', clusterUid: 'b' })).toBe(
      `${only}: it was not recorded when the incident was opened`,
    );
    expect(compareClusters(incident, { cluster: 'other', whyNoUid: 'not allowed' })).toMatchObject({ state: 'failed' });
  });
});
