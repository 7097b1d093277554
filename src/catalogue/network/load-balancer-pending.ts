import { citeObject, type Claim, claim } from '../../domain/citation.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleService } from '../../domain/example-network.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import type { Facts } from '../../domain/facts.ts';
import { millisecondsPerDay, millisecondsPerMinute, spokenDuration } from '../../domain/instant.ts';
import type { Service } from '../../domain/kubernetes/network.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import { subject } from '../../domain/subject.ts';

type PendingFacts = Facts<'services', 'events' | 'nodes' | 'judged-alert'>;

/** Providers take up to some minutes for a new load balancer. */
const graceMilliseconds = 10 * millisecondsPerMinute;

export const loadBalancerPending = defineFailureMode({
  id: 'load-balancer-pending',
  title: 'A Service waits for its load balancer',
  role: 'cause',
  explanation: {
    whatItIs: 'The Service asks for an address outside the cluster, and nobody gives it one.',
    howItLooks: '`kubectl get service` shows EXTERNAL-IP as pending; clients outside have no address to call.',
    whyItHappens:
      "The cluster has no controller for load balancers, the provider's quota or permissions are lacking, or an annotation or subnet is wrong.",
    whatStopsTheBleeding: 'Reach the Service through an Ingress or a node port meanwhile.',
    whatFixesIt: "Repair what the controller's events name, or install a controller.",
    howToPreventIt: 'Alert on Services of type LoadBalancer without an address.',
  },
  sources: ['https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer'],
  needs: ['services'],
  helpedBy: ['events', 'nodes', 'judged-alert'],
  explains: [],
  mitigations: [],
  recognise: (facts) =>
    facts.services.all.flatMap((service): readonly Finding[] => {
      const { metadata, spec, status } = service;
      const age = metadata.creationTimestamp === undefined ? undefined : facts.now - metadata.creationTimestamp;
      if (spec.type !== 'LoadBalancer' || status.loadBalancer.ingress.length > 0 || metadata.deletionTimestamp !== undefined) return [];
      const failed = recentEvents(facts.events, service, facts.now).filter(
        (event) => event.type === 'Warning' && /LoadBalancer|Sync|Ensur|Alloc/i.test(event.reason ?? ''),
      );
      if (failed.length === 0 && (age === undefined || age < graceMilliseconds)) return [];
      const own = subject('Service', metadata.namespace, metadata.name);
      const because: readonly [Claim, ...Claim[]] = [
        claim(
          `Service ${metadata.name} has had no outside address for ${age === undefined ? 'an unknown time' : spokenDuration(age)}.`,
          citeObject(service, 'type LoadBalancer, status.loadBalancer empty', metadata.creationTimestamp),
        ),
        ...failed.slice(0, 2).map((event) => claim(`It could not be made: ${(event.message ?? '').slice(0, 300)}`, citeEvent(event))),
      ];
      return [
        {
          subject: own,
          weight: failed.length > 0 ? 'conclusive' : weigh(service, age, facts),
          because,
          ...(metadata.creationTimestamp === undefined ? {} : { since: metadata.creationTimestamp }),
          affects: [own],
        },
      ];
    }),
  recognises: [
    {
      story: 'The provider refuses for lack of quota.',
      given: {
        services: [
          exampleService({ name: 'web', spec: { type: 'LoadBalancer' }, metadata: { uid: 'uid-web', creationTimestamp: minutesAgo(15) } }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Service', name: 'web' },
            reason: 'SyncLoadBalancerFailed',
            message: 'Error syncing load balancer: failed to ensure load balancer: quota exceeded for addresses',
          }),
        ],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'web' }],
    },
    {
      story: 'Nobody says why; its neighbour was given an address by the same provider.',
      given: {
        services: [
          exampleService({ name: 'web', spec: { type: 'LoadBalancer' }, metadata: { creationTimestamp: minutesAgo(40) } }),
          exampleService({ name: 'api', spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }),
        ],
        events: [],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'web' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'It has its address.',
      given: {
        services: [
          exampleService({ name: 'web', spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }),
        ],
        events: [],
      },
    },
    {
      story: 'It was made two minutes ago.',
      given: {
        services: [exampleService({ name: 'web', spec: { type: 'LoadBalancer' }, metadata: { creationTimestamp: minutesAgo(2) } })],
        events: [],
      },
    },
  ],
});

/** A provider gives an address within minutes, and whoever has lived without one for a week does not wait for it. */
const patienceMilliseconds = 7 * millisecondsPerDay;

/** Where nobody says what is wrong: in a cluster without a provider such a Service stays pending and is used by its node port. */
function weigh(service: Service, age: number | undefined, facts: PendingFacts): Weight {
  const { namespace, name } = service.metadata;
  if (isNamedByAlert(facts['judged-alert']?.alert, { namespace, names: [name] })) return 'strong';
  const isFresh = age !== undefined && age < patienceMilliseconds;
  const hasProvider =
    facts.services.all.some((each) => each.spec.type === 'LoadBalancer' && each.status.loadBalancer.ingress.length > 0) ||
    (facts.nodes?.all ?? []).some((node) => /^(?:aws|gce|azure|openstack|digitalocean|hcloud|oci|ibm):/.test(node.spec.providerID ?? ''));
  if (hasProvider) return isFresh ? 'strong' : 'suggestive';
  return isFresh ? 'likely' : 'weak';
}
