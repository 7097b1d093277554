import type { Writing } from './sources.ts';
import { fieldAt } from '../domain/prepared-change.ts';
import { type ClusterMark, isSameCluster } from '../domain/same-cluster.ts';
import type { Failure } from '../surfaces/command-line/looking.ts';

const path = '/api/v1/namespaces/kube-system';

export interface ReachedCluster extends ClusterMark {
  /** Absent: the uid was read. */
  readonly whyNoUid?: string;
}

/** Which cluster this is. A recording is told by its name alone. */
export async function markCluster(cluster: string, writing: Writing | undefined, signal: AbortSignal): Promise<ReachedCluster> {
  if (writing === undefined) return { cluster, whyNoUid: 'this is a recording' };
  const answer = await (await writing.openRequests()).send({ method: 'GET', path }, signal);
  if (answer.state !== 'answered')
    return { cluster, whyNoUid: `${path} could not be read: ${answer.state === 'refused' ? answer.message : answer.detail}` };
  const uid = fieldAt(answer.value, '/metadata/uid');
  return typeof uid === 'string' && uid !== '' ? { cluster, clusterUid: uid } : { cluster, whyNoUid: `${path} has no uid` };
}

export interface TakenUp extends ClusterMark {
  readonly id: string;
}

/**
 * Where no context was named the kubeconfig's current one is used, and that may be another by now. There, nothing of ours is
 * to be found. A text: what could not be compared. Undefined: it is the same.
 */
export function compareClusters(incident: TakenUp, reached: ReachedCluster): Failure | string | undefined {
  switch (isSameCluster(incident, reached)) {
    case 'same':
      return undefined;
    case 'same-name': {
      const why = reached.whyNoUid ?? 'it was not recorded when the incident was opened';
      return `only the name of the cluster could be compared (${reached.cluster}), not the uid of its namespace kube-system: ${why}`;
    }
    case 'another':
      return {
        state: 'failed',
        attempted: `working incident ${incident.id}`,
        happened: `it is of ${spoken(incident)}, and this is ${spoken(reached)}; nothing was done here`,
        whatToDo: 'Point the kubeconfig at that cluster (kubectl config use-context, KUBECONFIG) and run it again',
      };
  }
}

function spoken({ cluster, clusterUid }: ClusterMark): string {
  return clusterUid === undefined ? `the cluster ${cluster}` : `the cluster ${cluster} (kube-system ${clusterUid})`;
}
