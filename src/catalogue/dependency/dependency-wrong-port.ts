import { citeObject, claim } from '../../domain/citation.ts';
import { isAddress } from '../../domain/cluster-host.ts';
import { dependencyTroubles } from '../../domain/dependency-trouble.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Backend } from '../../domain/service-backends.ts';
import { spokenSubject, subject } from '../../domain/subject.ts';

export const dependencyWrongPort = defineFailureMode({
  id: 'dependency-wrong-port',
  title: 'The workload calls a Service on a port that it does not have',
  role: 'cause',
  explanation: {
    whatItIs: 'The client uses the right Service but a port that the Service does not offer, so nothing answers there.',
    howItLooks:
      'Logs of the client say refused or timed out with a port that `kubectl get service` does not list; the Service works on its own port.',
    whyItHappens:
      "The container's port was written instead of the Service's, the Service's port changed, or the setting was copied from elsewhere.",
    whatStopsTheBleeding: "Roll back the change of the setting, or of the Service's port.",
    whatFixesIt: "Correct the port in the client's configuration, or add the port to the Service while clients move.",
    howToPreventIt: 'Give Service ports names and let clients take address and port from one place.',
  },
  sources: ['https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service'],
  needs: ['replicas', 'log-clues', 'service-backends'],
  helpedBy: [],
  explains: [
    'dependency-refuses-connections',
    'dependency-times-out',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
    'network-policy-blocks',
  ],
  mitigations: ['roll-back-workload'],
  recognise: (facts) =>
    dependencyTroubles(['connection-refused', 'connection-timed-out', 'no-route', 'connection-reset'], facts).flatMap(
      (trouble): readonly Finding[] => {
        const backend = trouble.backend;
        if (backend === undefined || backend.service.spec.type === 'ExternalName') return [];
        const clues = trouble.clues.filter(
          (clue) => clue.port !== undefined && clue.host !== undefined && !offers(backend, clue.host, clue.port),
        );
        const [first] = clues;
        if (first === undefined) return [];
        const { name } = backend.service.metadata;
        const ports = backend.service.spec.ports.map((port) => port.port).join(', ');
        const client = first.replica.workload;
        return [
          {
            subject: client,
            weight: 'strong',
            because: [
              claim(
                `${spokenSubject(client)} calls ${first.host}:${first.port}, and Service ${name} offers only port ${ports === '' ? 'none' : ports}.`,
                first.citation,
                citeObject(backend.service, `spec.ports: ${ports}`),
              ),
            ],
            ...(first.replica.failingSince === undefined ? {} : { since: first.replica.failingSince }),
            affects: [client, ...trouble.replicas.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name))],
          },
        ];
      },
    ),
  recognises: [
    {
      story: 'The client calls port 5433; the Service offers 5432.',
      given: {
        pods: [
          examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
          examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } }),
        ],
        services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] })],
        endpointslices: [exampleSlice({ service: 'db', port: { port: 5432 }, ready: ['10.244.1.20'] })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'dial tcp 10.96.45.12:5433: connect: connection refused',
          },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The Service offers the port and refuses because nothing is behind it.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] })],
        endpointslices: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'dial tcp 10.96.45.12:5432: connect: connection refused',
          },
        ],
      },
    },
    {
      story: "A headless Service is called on the pods' own port, which its list of ports does not limit.",
      given: {
        pods: [
          examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
          examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' }, container: { ports: [{ containerPort: 9042 }] } }),
        ],
        services: [exampleService({ name: 'db', clusterIP: 'None', ports: [{ port: 7000 }] })],
        'container-logs': [
          { namespace: 'shop', pod: 'pay-1-a', container: 'app', isPrevious: true, text: 'dial tcp: db:9042: connect: connection refused' },
        ],
      },
    },
  ],
});

/** A headless Service, or an endpoint's own address, leads straight to the pods: any port of theirs will do. */
function offers({ service }: Backend, host: string, port: number): boolean {
  const { spec } = service;
  const isOwnAddress = !isAddress(host) || [spec.clusterIP, ...spec.clusterIPs].includes(host);
  return spec.clusterIP === 'None' || !isOwnAddress || spec.ports.some((each) => each.port === port);
}
