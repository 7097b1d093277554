import { type Citation, type Claim, citeLog, citeObject, claim, claimFromAll } from '../../domain/citation.ts';
import type { ContainerLog } from '../../domain/evidence.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import { type Complaints, complaintsByService } from '../../domain/service-complaints.ts';
import type { Backend, BackendPort } from '../../domain/service-backends.ts';
import type { Replicas } from '../../domain/replica.ts';
import { healthyTwins } from '../../domain/replica-place.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

export const servicePortMismatch = defineFailureMode({
  id: 'service-port-mismatch',
  title: 'A Service sends traffic to a port on which nothing listens',
  role: 'cause',
  explanation: {
    whatItIs:
      'The target port of a Service is not the port of its pods: a name that no container port has, another number, or another protocol.',
    howItLooks: 'The pods are Ready and answer on their own port, but every connection through the Service is refused.',
    whyItHappens:
      "The application's port was changed on one side only, a named port was renamed, or the protocol was left at TCP for a UDP server.",
    whatStopsTheBleeding: "Put the Service's target port (or the container's port) back to what it was.",
    whatFixesIt: 'Name the container port and let the Service refer to it by that name.',
    howToPreventIt: 'Test through the Service after each change of ports, and check target ports against pod templates before applying.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-service-defined-correctly',
  ],
  needs: ['service-backends'],
  helpedBy: ['log-clues', 'connectivity-probes', 'container-logs', 'replicas'],
  explains: [
    'dependency-refuses-connections',
    'dependency-times-out',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'liveness-probe-misconfigured',
    'init-container-blocked',
  ],
  mitigations: [],
  recognise(facts) {
    const complaintsOf = complaintsByService(facts);
    return facts['service-backends'].all.flatMap((backend): readonly Finding[] => {
      // Endpoints that somebody keeps by hand need no pod that declares the port.
      const pods = backend.pods?.filter((pod) => pod.status.phase === 'Running') ?? [];
      if (pods.length === 0) return [];
      const complaints = withoutSpared(complaintsOf(backend), facts.replicas);
      const wrong = backend.ports.flatMap((port) => judge({ backend, port, pods, complaints, logs: facts['container-logs'] }));
      const [first, ...more] = wrong;
      if (first === undefined) return [];
      const { metadata } = backend.service;
      const own = subject('Service', metadata.namespace, metadata.name);
      const heard = claimFromAll(`Clients do not reach Service ${metadata.name}.`, complaints.citations);
      const changedAt = metadata.managedFields.filter((field) => field.paths.some((path) => path.startsWith('spec.ports'))).at(-1)?.at;
      return [
        {
          subject: own,
          weight: first.weight,
          because: [first.claim, ...more.map((each) => each.claim), ...(heard === undefined ? [] : [heard])],
          ...(changedAt === undefined ? {} : { since: changedAt }),
          affects: [own, ...complaints.clients.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name))],
          wouldSettle:
            first.weight === 'conclusive'
              ? []
              : [
                  shellCommand`kubectl -n ${metadata.namespace ?? 'default'} exec ${pods[0]?.metadata.name ?? 'POD'} -- ss -ltn, compared with the target port of Service ${metadata.name}`,
                ],
        },
      ];
    });
  },
  recognises: [
    {
      story: 'The Service names the port "web", the container calls it "http".',
      given: {
        pods: [examplePod({ name: 'cart-1-a', container: { ports: [{ name: 'http', containerPort: 8080 }] } })],
        services: [exampleService({ name: 'cart', ports: [{ port: 80, targetPort: 'web' }] })],
        endpointslices: [],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The Service targets 9090; the container declares 8080 and says that it listens there, and clients are refused.',
      given: {
        pods: [
          examplePod({ name: 'cart-1-a', container: { ports: [{ containerPort: 8080 }] } }),
          examplePod({ name: 'web-1-a', isReady: false }),
        ],
        services: [exampleService({ name: 'cart', ports: [{ port: 80, targetPort: 9090 }] })],
        endpointslices: [exampleSlice({ service: 'cart', ready: ['10.244.1.10'] })],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-1-a', container: 'app', text: 'server listening on :8080' },
          {
            namespace: 'shop',
            pod: 'web-1-a',
            container: 'app',
            text: 'Get "http://cart/items": dial tcp: connect to cart:80: connect: connection refused',
          },
        ],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The protocol is declared for another one; a replica on one node does not reach it, and its twin elsewhere is well.',
      given: {
        pods: [
          examplePod({ name: 'names-1-a', container: { ports: [{ containerPort: 53 }] } }),
          examplePod({ name: 'web-1-a', isReady: false, startedMinutesAgo: 60 }),
          examplePod({ name: 'web-1-b', node: 'node-2', startedMinutesAgo: 60 }),
        ],
        services: [exampleService({ name: 'names', ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, targetPort: 53, protocol })) })],
        endpointslices: [exampleSlice({ service: 'names', ready: ['10.244.1.10'] })],
        'container-logs': [
          { namespace: 'shop', pod: 'web-1-a', container: 'app', text: 'FATAL: could not connect to names:53 - connection timed out' },
        ],
      },
    },
    {
      story: 'The container does not declare the port that it listens on, which Kubernetes allows.',
      given: {
        pods: [examplePod({ name: 'cart-1-a', container: { ports: [{ containerPort: 8080 }] } })],
        services: [exampleService({ name: 'cart', ports: [{ port: 80, targetPort: 9090 }] })],
        endpointslices: [exampleSlice({ service: 'cart', ready: ['10.244.1.10'] })],
      },
    },
    {
      story: 'Half of the pods still have the old name during a rollout.',
      given: {
        pods: [
          examplePod({ name: 'cart-1-a', container: { ports: [{ name: 'http', containerPort: 8080 }] } }),
          examplePod({ name: 'cart-2-b', container: { ports: [{ name: 'web', containerPort: 8080 }] } }),
        ],
        services: [exampleService({ name: 'cart', ports: [{ port: 80, targetPort: 'web' }] })],
        endpointslices: [],
      },
    },
  ],
});

/** The Service is the same for everybody: where twins of those who complain are well, its ports are not what ails them. */
function withoutSpared(complaints: Complaints, replicas: Replicas | undefined): Complaints {
  const isSpared = replicas !== undefined && healthyTwins(complaints.clients, replicas).length > 0;
  return isSpared ? { citations: [], clients: [], ports: new Set() } : complaints;
}

interface Judged {
  readonly backend: Backend;
  readonly port: BackendPort;
  readonly pods: readonly Pod[];
  readonly complaints: Complaints;
  readonly logs: readonly ContainerLog[] | undefined;
}

interface Wrong {
  readonly weight: Weight;
  readonly claim: Claim;
}

function judge(given: Judged): readonly Wrong[] {
  const { backend, port, pods, complaints } = given;
  const [pod] = pods;
  if (pod === undefined) return [];
  const { name } = backend.service.metadata;
  const declared = declaredPorts(pods);
  const isTried = complaints.ports.size === 0 || (port.port !== undefined && complaints.ports.has(port.port));
  const isMissed = complaints.citations.length > 0 && isTried;
  const wrong = (weight: Weight, says: string, ...more: readonly Citation[]): readonly Wrong[] => {
    const target = citeObject(backend.service, `spec.ports: ${port.port} to ${port.targetPort} (${port.protocol})`);
    return [
      {
        weight,
        claim: claim(`Service ${name} sends ${says}.`, target, citeObject(pod, `container ports: ${declared || 'none declared'}`), ...more),
      },
    ];
  };
  switch (port.resolution) {
    case 'name-missing':
      return wrong(
        'conclusive',
        `port ${port.port} to the port named "${port.targetPort}", and no container of its pods has a port of that name`,
      );
    case 'protocol-differs': {
      // A server on both protocols is often declared for one of them only, and serves both.
      const hasTwin = backend.ports.some((other) => other !== port && other.port === port.port && other.resolution === 'declared');
      const says = `${port.protocol} to port ${port.targetPort}, which the containers declare for another protocol`;
      return hasTwin && !isMissed ? [] : wrong(isMissed ? 'conclusive' : 'suggestive', says);
    }
    case 'undeclared': {
      const heard = listeningElsewhere(given);
      const sends = `port ${port.port} to ${port.targetPort}`;
      // Declaring a port is a courtesy; only with a second sign is an undeclared one a fault.
      if (heard !== undefined) {
        const says = `${sends}; the containers declare ${declared || 'no port'} and their log says that they listen on ${heard.ports.join(', ')}`;
        return wrong(isMissed ? 'conclusive' : 'strong', says, heard.citation);
      }
      const isTelling = isMissed && declared !== '' && (backend.endpoints?.ready ?? 0) > 0;
      return isTelling ? wrong('strong', `${sends}, which no container of its Ready pods declares (declared: ${declared})`) : [];
    }
    default:
      return [];
  }
}

/** "http 8080/TCP, 9090/TCP". Empty: none. */
function declaredPorts(pods: readonly Pod[]): string {
  const ports = pods.flatMap((pod) => pod.spec.containers.flatMap((container) => container.ports));
  return [
    ...new Set(ports.map((port) => `${port.name === undefined ? '' : `${port.name} `}${port.containerPort}/${port.protocol ?? 'TCP'}`)),
  ].join(', ');
}

/** What the pods' own logs say about where they listen, where that is not the target port. */
function listeningElsewhere({
  port,
  pods,
  logs,
}: Judged): { readonly ports: readonly number[]; readonly citation: ReturnType<typeof citeLog> } | undefined {
  const names = new Set(pods.map((pod) => `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`));
  const heard = (logs ?? [])
    .filter((log) => names.has(`${log.namespace}/${log.pod}`))
    .flatMap((log) =>
      log.lines.flatMap((line) => {
        const said = /\b(?:listen(?:ing|s)?|serving|started|running)\b[^\n]{0,60}?(?:[:=]|\bport\s)\s*(\d{2,5})\b/i.exec(
          line.text.slice(0, 400),
        )?.[1];
        return said === undefined ? [] : [{ port: Number(said), citation: citeLog(log, line.text.slice(0, 200), line.at) }];
      }),
    );
  const [first] = heard;
  return first === undefined || heard.some((each) => each.port === Number(port.targetPort))
    ? undefined
    : { ports: [...new Set(heard.map((each) => each.port))], citation: first.citation };
}
