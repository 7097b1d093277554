import { type Citation, type Claim, citeObject, citeProbe, claim, claimFromAll } from '../../domain/citation.ts';
import type { ConnectivityProbe, ServiceCall } from '../../domain/evidence.ts';
import { minutesAgo } from '../../domain/example.ts';
import { crashLooping, exampleDeployment, exampleJudgedAlert, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerHour } from '../../domain/instant.ts';
import type { Deployment, HorizontalPodAutoscaler, StatefulSet } from '../../domain/kubernetes/workload.ts';
import { matchesLabels } from '../../domain/label-selector.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import type { Backend, ServiceBackends } from '../../domain/service-backends.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';

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
      const isOfAutoscaler = facts.horizontalpodautoscalers?.inNamespace(namespace).some((each) => isFor(each, workload)) === true;
      const isMissed = service !== undefined && (missed.length > 0 || (isRecent && isOfAutoscaler));
      if (!isMissed && !paged) return [];
      const weight: Weight =
        missed.length > 0 && (paged || isRecent) ? 'conclusive' : missed.length > 0 || (paged && isRecent) ? 'strong' : 'suggestive';
      const at: Citation = citeObject(workload, `spec.replicas: 0${scaledAt === undefined ? '' : ', last written then'}`, scaledAt);
      const because: readonly [Claim, ...Claim[]] = [
        claim(`${workload.kind} ${namespace}/${name} is scaled to zero.`, at),
        ...services.map((each) =>
          claim(
            `Service ${each.service.metadata.name} sends to its pods and has no endpoint.`,
            citeObject(each.service, `selector ${JSON.stringify(each.service.spec.selector)}, no pods`),
          ),
        ),
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
          wouldSettle: [`kubectl -n ${namespace} get ${workload.kind.toLowerCase()} ${name} -o yaml --show-managed-fields`],
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
  ],
  isNotFooledBy: [
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

function lastScaledAt({ metadata }: Parked): Instant | undefined {
  const writes = metadata.managedFields
    .filter((each) => each.paths.includes('spec.replicas') && each.subresource !== 'status')
    .flatMap((each) => each.at ?? []);
  return writes.length === 0 ? undefined : Math.max(...writes);
}

interface Need {
  readonly citation: Citation;
  readonly caller?: LogClue['replica'];
}

const unanswered: ReadonlySet<LogClue['kind']> = new Set([
  'connection-refused',
  'connection-timed-out',
  'no-route',
  'connection-reset',
  'name-not-resolved',
]);

interface Signs {
  readonly 'service-backends': ServiceBackends;
  readonly 'log-clues': readonly LogClue[] | undefined;
  readonly 'connectivity-probes': readonly ConnectivityProbe[] | undefined;
  readonly 'service-calls': readonly ServiceCall[] | undefined;
}

function signsOfNeed(backend: Backend, facts: Signs): readonly Need[] {
  const { namespace, name } = backend.service.metadata;
  const means = (host: string | undefined, from: string | undefined): boolean =>
    host !== undefined && facts['service-backends'].ofHost(host, from) === backend;
  const clues = (facts['log-clues'] ?? [])
    .filter((clue) => unanswered.has(clue.kind) && means(clue.host, clue.replica.pod.metadata.namespace))
    .map((clue) => ({ citation: clue.citation, caller: clue.replica }));
  const probes = (facts['connectivity-probes'] ?? [])
    .filter((probe) => probe.outcome !== 'connected' && means(probe.host, probe.from.kind === 'pod' ? probe.from.namespace : undefined))
    .map((probe) => ({ citation: citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim()) }));
  const calls = (facts['service-calls'] ?? [])
    .filter((call) => call.callee.name === name && (call.callee.namespace ?? namespace) === namespace && (call.errorShare ?? 0) > 0.05)
    .map(
      (call): Need => ({
        citation: {
          of: { kind: 'service-call', caller: call.caller.name, callee: call.callee.name },
          shows: `error share ${call.errorShare}`,
        },
      }),
    );
  return [...clues, ...probes, ...calls];
}

function needClaim(needs: readonly Need[]): readonly Claim[] {
  const said = claimFromAll(
    'Others call it and get no answer.',
    needs.slice(0, 6).map((need) => need.citation),
  );
  return said === undefined ? [] : [said];
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

function ordersService(): { readonly [field: string]: unknown } {
  return {
    metadata: { name: 'orders', namespace: 'shop' },
    spec: { clusterIP: '10.96.3.3', selector: { app: 'orders' }, ports: [{ port: 8080, targetPort: 8080 }] },
  };
}
