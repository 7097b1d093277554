import { citeObject, claim } from '../../domain/citation.ts';
import { endpointCitation } from '../../domain/endpoint-citation.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { subject } from '../../domain/subject.ts';

export const allEndpointsUnready = defineFailureMode({
  id: 'all-endpoints-unready',
  title: 'No endpoint of a Service is Ready',
  role: 'symptom',
  explanation: {
    whatItIs: 'A Service selects pods, but none of them is Ready, so it has nobody to send traffic to.',
    howItLooks: 'Clients are refused or get 503; the EndpointSlices list addresses with ready: false only.',
    whyItHappens: 'All pods behind it fail at once: a bad revision, a lost dependency, a probe that asks too much, or a node that is gone.',
    whatStopsTheBleeding: 'Bring back any one pod: roll back the last change, or start replicas elsewhere.',
    whatFixesIt: 'Repair what keeps the pods from becoming Ready.',
    howToPreventIt: 'Spread replicas over nodes and zones, and never let readiness depend on something that all replicas share.',
  },
  sources: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions'],
  needs: ['service-backends', 'replicas'],
  helpedBy: [],
  explains: ['dependency-refuses-connections', 'dependency-times-out'],
  mitigations: [],
  recognise: (facts) =>
    facts['service-backends'].all.flatMap((backend): readonly Finding[] => {
      const { metadata, spec } = backend.service;
      const ready =
        backend.endpoints?.ready ??
        backend.pods?.filter((pod) => facts.replicas.ofPod(pod.metadata.namespace, pod.metadata.name)?.health === 'healthy').length;
      if (backend.pods === undefined || ready !== 0 || spec.publishNotReadyAddresses === true) return [];
      const behind = backend.pods.flatMap((pod) => facts.replicas.ofPod(pod.metadata.namespace, pod.metadata.name) ?? []);
      const failing = behind.filter((replica) => replica.health === 'failing');
      const [first] = failing;
      if (first === undefined || behind.some((replica) => replica.health === 'healthy')) return [];
      const since = failing.flatMap((replica) => replica.failingSince ?? []);
      const own = subject('Service', metadata.namespace, metadata.name);
      return [
        {
          subject: own,
          weight: 'conclusive',
          because: [
            claim(
              `All ${behind.length} pods behind Service ${metadata.name} are not Ready.`,
              endpointCitation(backend, `0 ready, ${backend.endpoints?.notReady ?? behind.length} not ready`),
              citeObject(first.pod, 'Ready: False'),
            ),
          ],
          ...(since.length === 0 ? {} : { since: Math.max(...since) }),
          affects: [own, ...failing.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name))],
          blames: [...new Map(failing.map((replica) => [replica.workload.name, replica.workload])).values()],
        },
      ];
    }),
  recognises: [
    {
      story: 'The only pod behind the Service crashes.',
      given: {
        pods: [examplePod({ name: 'cart-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [exampleService({ name: 'cart' })],
        endpointslices: [exampleSlice({ service: 'cart', notReady: ['10.244.1.10'] })],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'One of two pods is Ready.',
      given: {
        pods: [examplePod({ name: 'cart-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }), examplePod({ name: 'cart-1-b' })],
        services: [exampleService({ name: 'cart' })],
        endpointslices: [exampleSlice({ service: 'cart', ready: ['10.244.1.11'], notReady: ['10.244.1.10'] })],
      },
    },
    {
      story: 'The pods have only just started.',
      given: {
        pods: [
          examplePod({
            name: 'cart-1-a',
            isReady: false,
            startedMinutesAgo: 0.1,
            status: { state: { running: { startedAt: '2026-03-01T09:59:55Z' } } },
          }),
        ],
        services: [exampleService({ name: 'cart' })],
        endpointslices: [exampleSlice({ service: 'cart', notReady: ['10.244.1.10'] })],
      },
    },
  ],
});
