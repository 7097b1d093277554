import { citeObject, claim } from '../../domain/citation.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { minutesAgo } from '../../domain/example.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';
import { isOfNow, isTurnedAway } from '../../domain/turned-away.ts';

/** Reasons with which a kubelet turns a pod away that was bound to it; it judges anew what the scheduler had judged from afar. */
const rejections: { readonly [reason: string]: string } = {
  UnexpectedAdmissionError: 'a device or resource manager of the node failed',
  TopologyAffinityError: 'no NUMA node has all of its resources together',
  NodeAffinity: 'the labels of the node do not match its selector',
  NodePorts: 'a host port of it is taken',
  TaintToleration: 'it does not tolerate a taint of the node',
};
const outOfResource = /^OutOf[\w./-]+$/;

/** A pod was placed on a node, and the kubelet of that node refuses to run it. */
export const rejectedByKubelet = defineFailureMode({
  id: 'rejected-by-kubelet',
  title: 'The kubelet turns pods away that were placed on its node',
  role: 'cause',
  explanation: {
    whatItIs:
      'Before it starts a pod the kubelet checks once more that it fits: room, devices, ports, labels, taints. One that does not fit fails at once and is never started.',
    howItLooks:
      'Pods in phase Failed with reason UnexpectedAdmissionError, OutOfcpu, OutOfpods, NodeAffinity or TopologyAffinityError, often dozens of them, and no container was ever started.',
    whyItHappens:
      'A device plugin restarted or lost its devices, labels changed while the kubelet was down, spec.nodeName was written past the scheduler, or a static pod took the room.',
    whatStopsTheBleeding: 'Cordon the node, so that the next replicas are placed elsewhere.',
    whatFixesIt: 'Restart the device plugin or the kubelet, free the room, or leave the choice of the node to the scheduler.',
    howToPreventIt: 'Alert on pods that fail without having been started, and let no controller write spec.nodeName.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/',
    'https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/',
  ],
  needs: ['replicas'],
  helpedBy: ['nodes'],
  explains: [],
  mitigations: ['cordon-node'],

  recognise(facts) {
    const turnedAway = facts.replicas.all.flatMap((replica) => {
      const { reason, message } = replica.pod.status;
      const trouble = replica.troubles.find((each) => each.kind === 'failed');
      if (reason === undefined || trouble === undefined || !isTurnedAway(replica.pod)) return [];
      if (replica.health !== 'failing' && !isOfNow(replica, facts.replicas, facts.now)) return [];
      const shown = `phase Failed, ${reason}: ${(message ?? '').slice(0, 200)}`;
      return [{ replica, reason, citations: [citeObject(replica.pod, shown, trouble.since)] as const }];
    });
    return byWorkload(turnedAway, ({ reason, replica }) => `${reason} ${replica.pod.spec.nodeName ?? ''}`).map((group) => {
      const [{ reason, replica }] = group;
      const name = replica.pod.spec.nodeName ?? '?';
      const node = facts.nodes?.named(undefined, name);
      const free = node?.status.allocatable;
      return findingOf(group, {
        weight: 'strong',
        because: [
          claimOfAll(
            `The kubelet of ${name} turns ${countOf(group)} of ${replica.workload.name} away (${reason}): ${spoken(reason)}.`,
            group,
          ),
          ...(node === undefined || free === undefined || !outOfResource.test(reason)
            ? []
            : [claim(`All that ${name} can give is ${spokenRoom(free)}.`, citeObject(node, `allocatable: ${spokenRoom(free)}`))]),
        ],
        blames: [subject('Node', undefined, name)],
        wouldSettle: [shellCommand`kubectl get pods -A --field-selector spec.nodeName=${name},status.phase=Failed`],
      });
    });
  },

  recognises: [
    {
      story: 'The device plugin of a GPU node has restarted, and the kubelet cannot hand out the device that was promised.',
      given: {
        pods: [
          turnedAway(
            'UnexpectedAdmissionError',
            'Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu, which is unexpected',
          ),
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'cart-1' }],
    },
    {
      story: 'The pod was bound past the scheduler to a node that is full.',
      given: {
        pods: [turnedAway('OutOfcpu', "Node didn't have enough resource: cpu, requested: 4000, used: 3800, capacity: 4000")],
      },
    },
    {
      story: 'The kubelet is too old to know a field that the pod uses.',
      given: {
        pods: [turnedAway('InitContainerRestartPolicyForbidden', 'Init container "agent" may not have a non-default restartPolicy')],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'cart-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The node was shutting down.',
      given: { pods: [turnedAway('NodeShutdown', 'Pod was rejected as the node is shutting down.')] },
    },
    {
      story: 'The kubelet evicted it, which is about what it used and not about whether it fits.',
      given: { pods: [turnedAway('Evicted', 'The node was low on resource: memory.')] },
    },
    {
      story: 'Another replica has taken its place.',
      given: {
        pods: [
          turnedAway('OutOfpods', "Node didn't have enough resource: pods, requested: 1, used: 110, capacity: 110"),
          examplePod({ name: 'cart-1-b', startedMinutesAgo: 4 }),
        ],
      },
    },
  ],
});

function spoken(reason: string): string {
  if (outOfResource.test(reason)) return `too little ${reason.replace(/^OutOf/, '')} is left there`;
  return rejections[reason] ?? 'it cannot do what the pod asks for';
}

function spokenRoom(amounts: { readonly [resource: string]: string | undefined }): string {
  return ['cpu', 'memory', 'pods'].flatMap((name) => (amounts[name] === undefined ? [] : [`${name} ${amounts[name]}`])).join(', ');
}

function turnedAway(reason: string, message: string): ReturnType<typeof examplePod> {
  const status = {
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: minutesAgo(5),
    containerStatuses: [],
    conditions: [],
  };
  return examplePod({ name: 'cart-1-a', isReady: false, startedMinutesAgo: 5, podStatus: status });
}
