import { type Citation, type Claim, citeObject, claim } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import { citeEvent, eventIndex, lastSeenAt } from '../../domain/event-index.ts';

import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { exampleEvent, exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { crashLooping, exampleDeployment, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerHour } from '../../domain/instant.ts';
import type { Deployment, Event, HorizontalPodAutoscaler, StatefulSet } from '../../domain/kubernetes/workload.ts';
import { matchesLabels } from '../../domain/label-selector.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import type { Backend } from '../../domain/service-backends.ts';
import { needClaim, signsOfNeed } from '../../domain/service-need.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/**
 * A workload has no replicas because nobody asks for any, and somebody misses it. Workloads are parked at zero on purpose
 * every day, so a Service that finds nobody else and a caller that fails (or a page about it) must show that this one is missed.
 */
export const scaledToZero = defineFailureMode({
  id: 'scaled-to-zero',
  title: 'The workload is scaled to zero although others need it',
  role: 'cause',
  explanation: {
    whatItIs: 'spec.replicas is 0: the controller does what it was told, and the Service in front has nobody to send to.',
    howItLooks:
      '0/0 in `kubectl get deployments`, no pods at all, no events, Service without endpoints, callers with "connection refused" or time-outs.',
    whyItHappens:
      'Scaled down for maintenance and forgotten, a wrong context or namespace, a schedule that turned it off, an event-driven autoscaler without events.',
    whatStopsTheBleeding: 'Scale it back to the number that it had.',
    whatFixesIt: 'Find who set it to zero, and let the number come from one place only.',
    howToPreventIt: 'Alert on Services with traffic and no endpoints; keep replica counts in version control.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment'],
  needs: ['replicas', 'service-backends'],
  helpedBy: [
    'events',
    'deployments',
    'statefulsets',
    'horizontalpodautoscalers',
    'log-clues',
    'connectivity-probes',
    'service-calls',
    'judged-alert',
  ],
  explains: ['service-selects-no-pods', 'dependency-refuses-connections', 'dependency-times-out', 'init-container-blocked'],
  mitigations: ['scale-out'],

  recognise(facts) {
    const parked = [...(facts.deployments?.all ?? []), ...(facts.statefulsets?.all ?? [])].filter(
      (each) => each.spec.replicas === 0 && each.metadata.deletionTimestamp === undefined,
    );
    return parked.flatMap((workload) => {
      const { namespace, name } = workload.metadata;
      const services = facts['service-backends'].all.filter((backend) => isServedBy(backend, workload) && isEmpty(backend));
      const [service] = services;
      const missed = services.flatMap((backend) => signsOfNeed(backend, facts));
      const paged = isNamedByAlert(facts['judged-alert']?.alert, {
        namespace,
        names: [name, ...services.map((each) => each.service.metadata.name)],
      });
      const scaledAt = lastScaledAt(workload);
      const isRecent = scaledAt !== undefined && facts.now - scaledAt < recentMilliseconds;
      const autoscaler = facts.horizontalpodautoscalers?.inNamespace(namespace).find((each) => isFor(each, workload));
      // Scalers that follow events park a workload at zero as a matter of course.
      const isParkedByDesign = [autoscaler?.metadata.labels, workload.metadata.labels].some((labels) =>
        Object.keys(labels ?? {}).some((label) => /^(?:scaledobject\.keda\.sh|serving\.knative\.dev)\//.test(label)),
      );
      const told = scaledDown(workload, facts.events, facts.now);
      const wasTakenAway = !isParkedByDesign && (told.length > 0 || (isRecent && autoscaler !== undefined));
      const isMissed = service !== undefined && (missed.length > 0 || wasTakenAway);
      if (!isMissed && !paged) return [];
      const weight: Weight =
        missed.length > 0 && (paged || isRecent)
          ? 'conclusive'
          : missed.length > 0 || (paged && (isRecent || told.length > 0))
            ? 'strong'
            : 'suggestive';
      const at: Citation = citeObject(workload, `spec.replicas: 0${scaledAt === undefined ? '' : ', last written then'}`, scaledAt);
      const because: readonly [Claim, ...Claim[]] = [
        claim(`${workload.kind} ${namespace}/${name} is scaled to zero.`, at),
        ...services.map((each) =>
          claim(
            `Service ${each.service.metadata.name} sends to its pods and has no endpoint.`,
            citeObject(each.service, `selector ${JSON.stringify(each.service.spec.selector)}, no pods`),
          ),
        ),
        ...told,
        ...needClaim(missed),
      ];
      return [
        {
          subject: subject(workload.kind, namespace, name),
          weight,
          because,
          ...(scaledAt === undefined ? {} : { since: scaledAt }),
          affects: [
            subject(workload.kind, namespace, name),
            ...services.map((each) => subject('Service', namespace, each.service.metadata.name)),
            ...affectedBy(missed.flatMap((sign) => sign.caller ?? [])),
          ],
          wouldSettle: [shellCommand`kubectl -n ${namespace} get ${workload.kind.toLowerCase()} ${name} -o yaml --show-managed-fields`],
        },
      ];
    });
  },

  recognises: [
    {
      story: 'A caller crashes because its Service refuses, and the Deployment behind it has no replicas.',
      given: {
        deployments: [parkedOrders()],
        services: [ordersService()],
        endpointslices: [],
        pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'dial tcp 10.96.3.3:8080: connect: connection refused' },
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'orders' }],
    },
    {
      story: 'The page names the workload, which was scaled down ten minutes ago.',
      given: {
        deployments: [parkedOrders(10)],
        services: [ordersService()],
        endpointslices: [],
        pods: [],
        'judged-alert': exampleJudgedAlert('real', { service: 'orders', namespace: 'shop' }),
      },
    },
    {
      story: 'Nobody called yet, but the controller took the last replicas away a few minutes ago.',
      given: { deployments: [parkedOrders()], services: [ordersService()], endpointslices: [], pods: [], events: [scaledDownEvent()] },
    },
  ],
  isNotFooledBy: [
    {
      story: 'A scaler that follows events parked it, as it does every evening.',
      given: {
        deployments: [parkedOrders()],
        services: [ordersService()],
        endpointslices: [],
        pods: [],
        events: [scaledDownEvent()],
        horizontalpodautoscalers: [
          {
            metadata: { name: 'keda-hpa-orders', namespace: 'shop', labels: { 'scaledobject.keda.sh/name': 'orders' } },
            spec: { maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'orders' } },
          },
        ],
      },
    },
    {
      story: 'A rollout took the last replica of the old template away; the new one serves.',
      given: {
        deployments: [exampleDeployment({ name: 'orders' }).deployment],
        services: [ordersService()],
        pods: [examplePod({ name: 'orders-5d4f8c7b9-a', labels: { app: 'orders' } })],
        endpointslices: [],
        events: [scaledDownEvent()],
      },
    },
    {
      story: 'Parked for weeks, and nobody calls it.',
      given: {
        deployments: [parkedOrders()],
        services: [ordersService()],
        endpointslices: [],
        pods: [examplePod({ name: 'cart-7f9-a' })],
        'container-logs': [],
      },
    },
    {
      story: 'The old colour of a pair: the Service finds the other one.',
      given: {
        deployments: [parkedOrders(10)],
        services: [ordersService()],
        pods: [examplePod({ name: 'orders-green-a', labels: { app: 'orders' } })],
        endpointslices: [
          {
            metadata: { name: 'orders-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'orders' } },
            ports: [{ port: 8080 }],
            endpoints: [{ addresses: ['10.244.1.9'], conditions: { ready: true } }],
          },
        ],
      },
    },
  ],
});

/** Whoever scaled it down within the hour may have done so by mistake; later somebody would have noticed. */
const recentMilliseconds = millisecondsPerHour;

type Parked = Deployment | StatefulSet;

function isServedBy({ service }: Backend, workload: Parked): boolean {
  const { selector } = service.spec;
  return (
    service.metadata.namespace === workload.metadata.namespace &&
    Object.keys(selector).length > 0 &&
    matchesLabels(selector, workload.spec.template.metadata.labels)
  );
}

function isEmpty(backend: Backend): boolean {
  return backend.pods?.length === 0 && (backend.endpoints?.ready ?? 0) === 0;
}

function isFor({ spec }: HorizontalPodAutoscaler, workload: Parked): boolean {
  return spec.scaleTargetRef.kind === workload.kind && spec.scaleTargetRef.name === workload.metadata.name;
}

/** The controller's note that it took the last replicas away. */
function scaledDown(workload: Parked, events: Collection<Event> | undefined, now: Instant): readonly Claim[] {
  if (events === undefined) return [];
  return eventIndex(events)
    .about(workload)
    .filter((event) => {
      const at = lastSeenAt(event);
      const isToZero = / to 0(?: from [1-9]\d*)?$/.test(event.message ?? '') || event.reason === 'SuccessfulDelete';
      return (
        isToZero &&
        (event.reason === 'ScalingReplicaSet' || workload.kind === 'StatefulSet') &&
        at !== undefined &&
        now - at < recentMilliseconds
      );
    })
    .slice(0, 1)
    .map((event) => claim('It had replicas until lately.', citeEvent(event)));
}

function lastScaledAt({ metadata }: Parked): Instant | undefined {
  const writes = metadata.managedFields
    .filter((each) => each.paths.includes('spec.replicas') && each.subresource !== 'status')
    .flatMap((each) => each.at ?? []);
  return writes.length === 0 ? undefined : Math.max(...writes);
}

function parkedOrders(scaledMinutesAgo?: number): { readonly [field: string]: unknown } {
  const { deployment } = exampleDeployment({ name: 'orders', replicas: 0 });
  const managedFields = [
    {
      manager: 'kubectl-scale',
      operation: 'Update',
      time: minutesAgo(scaledMinutesAgo ?? 60 * 24 * 20),
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    },
  ];
  return { ...deployment, metadata: { ...(deployment['metadata'] as object), managedFields } };
}

function scaledDownEvent(): RawObject {
  const about = { kind: 'Deployment', name: 'orders' };
  return exampleEvent({
    about,
    reason: 'ScalingReplicaSet',
    type: 'Normal',
    message: 'Scaled down replica set orders-5d4f8c7b9 to 0 from 2',
    minutesAgo: 6,
  });
}

function ordersService(): { readonly [field: string]: unknown } {
  return {
    metadata: { name: 'orders', namespace: 'shop' },
    spec: { clusterIP: '10.96.3.3', selector: { app: 'orders' }, ports: [{ port: 8080, targetPort: 8080 }] },
  };
}
