import { type Citation, citeList, citeObject } from '../../domain/citation.ts';
import { claimNames } from '../../domain/claims.ts';
import { citeCondition } from '../../domain/container-evidence.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import type { RawObject } from '../../domain/example.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { exampleClaim } from '../../domain/example-storage.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The scheduler looks up every claim of a pod before it looks at nodes. Source: kubernetes/pkg/scheduler, volumebinding. */
const notFound = /persistentvolumeclaim "([^"]{1,253})" (?:not found|is being deleted)/i;

/** A pod mounts a claim that does not exist, so no node is even looked at. */
export const claimMissing = defineFailureMode({
  id: 'claim-missing',
  title: 'A claim that a pod mounts does not exist',
  role: 'cause',
  explanation: {
    whatItIs: 'The pod names a PersistentVolumeClaim that is not in its namespace, and without it the scheduler gives the pod to no node.',
    howItLooks:
      'The pod is Pending with `persistentvolumeclaim "…" not found`; `kubectl get pvc` in its namespace does not list it, or lists it as Terminating.',
    whyItHappens:
      'A misspelt name, a claim that was made in another namespace or is left out of the release, or one that somebody has deleted.',
    whatStopsTheBleeding: 'Create the claim, or put the name right; where data was in it, bind the retained volume again first.',
    whatFixesIt: 'Ship claim and workload together, from one template.',
    howToPreventIt: 'Check references before applying, and let a volume that holds data be retained when its claim goes.',
  },
  sources: ['https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes'],
  needs: ['replicas'],
  helpedBy: ['persistentvolumeclaims', 'events'],
  explains: [],
  mitigations: [],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) => missing(replica, facts));
    return byWorkload(seen, (each) => each.name).map((group) => {
      const [{ name, replica, weight }] = group;
      const { namespace } = replica.pod.metadata;
      return findingOf(group, {
        weight,
        because: [claimOfAll(`${countOf(group)} cannot be placed: claim ${name} does not exist in namespace ${namespace}.`, group)],
        wouldSettle: [shellCommand`kubectl -n ${namespace} get pvc ${name}`],
      });
    });
  },

  recognises: [
    {
      story: 'The scheduler names the claim; claims were not read.',
      given: {
        pods: [waiting('0/4 nodes are available: persistentvolumeclaim "uploads" not found. preemption: 0/4 nodes are available.')],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The list of claims lacks it, and the condition says nothing.',
      given: { pods: [waiting(undefined)], persistentvolumeclaims: [exampleClaim({ name: 'upload' })] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The claim is there, and waits for a volume.',
      given: {
        pods: [waiting('0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims.')],
        persistentvolumeclaims: [exampleClaim({ name: 'uploads' })],
      },
    },
    {
      story: 'It was created a moment ago, and the scheduler has not come back to the pod yet.',
      given: {
        pods: [waiting('0/4 nodes are available: persistentvolumeclaim "uploads" not found.')],
        persistentvolumeclaims: [exampleClaim({ name: 'uploads' })],
      },
    },
    {
      story: 'There is no room, and nothing is known of claims.',
      given: { pods: [waiting('0/4 nodes are available: 4 Insufficient cpu.')] },
    },
  ],
});

interface MissingClaim extends Sighting {
  readonly name: string;
  readonly weight: Weight;
}

function missing(replica: Replica, facts: Facts<'replicas', 'persistentvolumeclaims' | 'events'>): readonly MissingClaim[] {
  const { pod } = replica;
  const { namespace } = pod.metadata;
  const trouble = replica.troubles.find(({ kind }) => kind === 'unscheduled');
  if (trouble === undefined) return [];
  const claims = facts.persistentvolumeclaims;
  const event = recentEvents(facts.events, pod, facts.now).find((each) => each.reason === 'FailedScheduling');
  const told = notFound.exec(trouble.message ?? event?.message ?? '')?.[1];
  const isThere = (name: string): boolean => {
    const found = claims?.named(namespace, name);
    return found !== undefined && found.metadata.deletionTimestamp === undefined;
  };
  const since = trouble.since;
  const cited: readonly Citation[] = trouble.message === undefined && event !== undefined ? [citeEvent(event)] : [];
  if (told !== undefined) {
    const weight = 'conclusive' as const;
    return isThere(told) ? [] : [{ replica, since, name: told, weight, citations: [citeCondition(pod, 'PodScheduled'), ...cited] }];
  }
  // A generic ephemeral volume has its claim made for it.
  const named = pod.spec.volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
  if (claims?.isComplete(namespace) !== true || trouble.message !== undefined) return [];
  return named
    .filter((name) => claimNames(pod).includes(name) && !isThere(name))
    .map((name) => ({
      replica,
      since,
      name,
      weight: 'strong' as const,
      citations: [citeObject(pod, `mounts claim ${name}`), citeList('persistentvolumeclaims', namespace, `no ${name}`)],
    }));
}

function waiting(message: string | undefined): RawObject {
  const scheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: '2026-03-01T09:50:00Z' };
  return examplePod({
    name: 'cart-7f9-a',
    node: null,
    isReady: false,
    startedMinutesAgo: 10,
    labels: { 'pod-template-hash': '7f9' },
    spec: { volumes: [{ name: 'uploads', persistentVolumeClaim: { claimName: 'uploads' } }] },
    podStatus: { conditions: [{ ...scheduled, ...(message === undefined ? {} : { message }) }] },
  });
}
