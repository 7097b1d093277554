import { type Citation, citeObject } from '../../domain/citation.ts';
import { isRefused } from '../../domain/container-refusals.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod, waitingFor } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';

/** Pods have a node, and their containers are not created for longer than pulls and mounts take. True, and no explanation. */
export const stuckCreating = defineFailureMode({
  id: 'stuck-creating',
  title: 'Pods have a node, and their containers are not created',
  role: 'symptom',
  explanation: {
    whatItIs: 'The kubelet of the node cannot prepare the pod: its network, its volumes or its configuration.',
    howItLooks:
      'ContainerCreating for minutes, or CreateContainerError and RunContainerError; FailedMount, FailedAttachVolume or FailedCreatePodSandBox events.',
    whyItHappens:
      'A volume that does not attach or mount, configuration that is missing, a pod network without addresses, a stuck container runtime.',
    whatStopsTheBleeding: 'Choose by what separates these pods from those that started: node, volume or revision.',
    whatFixesIt: 'Read the events of the pod: the kubelet says what it waits for.',
    howToPreventIt: 'Alert on pods that stay in ContainerCreating for some minutes.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase'],
  needs: ['replicas'],
  helpedBy: ['events'],
  explains: [],
  mitigations: ['cordon-node'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      replica.troubles
        .filter((trouble) => trouble.kind === 'stuck-creating' || isRefused(trouble))
        .map((trouble) => {
          const told = recentEvents(facts.events, replica.pod, facts.now)
            .filter((event) => event.type === 'Warning')
            .slice(0, 2)
            .map(citeEvent);
          const state: Citation = citeObject(
            replica.pod,
            `state.waiting: ${trouble.reason}${trouble.message === undefined ? '' : `: ${trouble.message}`}`,
            trouble.since,
          );
          return { replica, since: trouble.since, citations: [state, ...told] as const };
        }),
    );
    return byWorkload(seen).map((group) =>
      findingOf(group, {
        weight: 'conclusive',
        because: [claimOfAll(`The containers of ${countOf(group)} of ${group[0].replica.workload.name} are not created.`, group)],
      }),
    );
  },

  recognises: [
    {
      story: 'ContainerCreating for an hour.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            phase: 'Pending',
            labels: { 'pod-template-hash': '7f9' },
            status: waitingFor('ContainerCreating'),
          }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'FailedCreatePodSandBox',
            message: 'failed to set up sandbox container network',
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The runtime refuses to make the container, in words that nobody knows.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            phase: 'Pending',
            labels: { 'pod-template-hash': '7f9' },
            status: waitingFor('CreateContainerError', 'container create failed: of all things'),
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Made a minute ago.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            phase: 'Pending',
            startedMinutesAgo: 1,
            status: waitingFor('ContainerCreating'),
          }),
        ],
      },
    },
  ],
});
