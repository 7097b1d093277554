import { at, event, longAgo, type Raw } from './objects.ts';
import { climbing, errorRate, firing, page, scrapeTargets } from './page.ts';
import { kubeProxy, manyServices, namespaces, neighbourhood, nodes } from './platform.ts';
import {
  app,
  databaseAddress,
  databaseEndpoint,
  namespace,
  newHash,
  oldHash,
  paymentConfiguration,
  paymentNetwork,
  type PaymentReplica,
  paymentWorkload,
  paymentPod,
  podName,
} from './shop.ts';

/** Everything that a recording of one night holds, before it is written to files. */
export interface Night {
  readonly origin: string;
  readonly collectedAt: string;
  readonly objects: readonly Raw[];
  readonly logs: { readonly [path: string]: string };
  /** Undefined: not recorded. */
  readonly metrics?: readonly Raw[];
  readonly alert?: Raw;
  readonly history?: readonly Raw[];
  readonly targets?: readonly Raw[];
  readonly nodes?: { readonly [node: string]: { readonly [command: string]: string } };
  readonly probes?: readonly Raw[];
}

export const crash = { restarts: 4, lastEnd: at('02:46:41'), exitCode: 1 } as const;

export const seedReplicas: readonly PaymentReplica[] = [
  { suffix: 'a8j3n', node: 'node-worker-1', address: '10.244.1.21', hash: newHash, created: at('02:41:04') },
  { suffix: 'm5t8w', node: 'node-worker-2', address: '10.244.2.22', hash: newHash, created: at('02:41:20') },
  { suffix: 'x2k9m', node: 'node-worker-3', address: '10.244.3.23', hash: newHash, created: at('02:42:41'), crash },
  { suffix: 'q4r7p', node: 'node-worker-3', address: '10.244.3.24', hash: newHash, created: at('02:42:43'), crash },
];

export function logsOf(
  replicas: readonly PaymentReplica[],
  failure: readonly string[] = [`FATAL: database connection refused: ECONNREFUSED ${databaseAddress}:5432`],
): Night['logs'] {
  return Object.fromEntries(
    replicas.flatMap((replica) => {
      const path = `logs/${namespace}/${podName(replica)}/${app}`;
      const starting = (time: string): string => `${at(time)} INFO  payment-service 2.32.0 starting, profile production`;
      if (replica.crash === undefined)
        return [
          [
            `${path}.log`,
            [
              starting('02:41:06'),
              `${at('02:41:07')} INFO  database pool ready: 10 connections to ${databaseAddress}:5432`,
              `${at('02:47:12')} INFO  POST /v1/payments 201 38ms`,
            ].join('\n'),
          ],
        ];
      const lines = [starting('02:46:39'), ...failure.map((line) => `${at('02:46:41')} ${line}`)].join('\n');
      return [
        [`${path}.previous.log`, lines],
        [`${path}.log`, lines],
      ];
    }),
  );
}

export function eventsOf(replicas: readonly PaymentReplica[]): readonly Raw[] {
  const crashing = replicas.filter((replica) => replica.crash !== undefined);
  return [
    event({
      kind: 'Deployment',
      name: app,
      namespace,
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${app}-${newHash} to 4`,
      first: at('02:41:02'),
      last: at('02:41:02'),
      count: 1,
      type: 'Normal',
    }),
    ...crashing.map((replica) =>
      event({
        kind: 'Pod',
        name: podName(replica),
        namespace,
        reason: 'BackOff',
        message: `Back-off restarting failed container ${app} in pod ${podName(replica)}_${namespace}`,
        first: at('02:43:06'),
        last: at('02:47:10'),
        count: 19,
      }),
    ),
  ];
}

const killed = { restarts: 1, endedAt: at('02:41:31'), exitCode: 137, reason: 'OOMKilled' };

/** `iptables -t nat -n -L KUBE-SERVICES` of a node that knows these Services. */
export function serviceRules(services: readonly Raw[]): string {
  const rules = services.map((object, index) => {
    const { name, namespace: of } = object['metadata'] as { readonly name: string; readonly namespace: string };
    const { clusterIP, ports } = object['spec'] as { readonly clusterIP: string; readonly ports: readonly { readonly port: number }[] };
    const chain = `KUBE-SVC-${String(index).padStart(6, '0')}ABCDEFGHIJ`;
    return `${chain}  6    --  0.0.0.0/0            ${clusterIP.padEnd(20)} /* ${of}/${name} cluster IP */ tcp dpt:${ports[0]?.port ?? 80}`;
  });
  return [
    'Chain KUBE-SERVICES (2 references)',
    'target     prot opt source               destination',
    ...rules,
    'KUBE-NODEPORTS  0    --  0.0.0.0/0            0.0.0.0/0            /* kubernetes service nodeports; NOTE: this must be the last rule in this chain */ ADDRTYPE match dst-type LOCAL',
  ].join('\n');
}

export const kernelKill = [
  '2026-11-14T02:41:31.402117+0000 node-worker-3 kernel: kube-proxy invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=-997',
  '2026-11-14T02:41:31.402903+0000 node-worker-3 kernel: memory: usage 131072kB, limit 131072kB, failcnt 8812',
  '2026-11-14T02:41:31.403571+0000 node-worker-3 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=cri-containerd-9a1e.scope,mems_allowed=0,oom_memcg=/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-poduid_kube_system_kube_proxy_p3n6z.slice,task=kube-proxy,pid=2190,uid=0',
  '2026-11-14T02:41:31.404220+0000 node-worker-3 kernel: Memory cgroup out of memory: Killed process 2190 (kube-proxy) total-vm:812340kB, anon-rss:129312kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:460kB oom_score_adj:-997',
].join('\n');

/** The seed's night: kube-proxy on one worker, killed for memory, has not put all service rules back. */
export function seedNight(): Night {
  const services = manyServices({ before: 396, lastWeek: 40 });
  const network = paymentNetwork(seedReplicas, { isDatabaseInCluster: true });
  const isService = (object: Raw): boolean => object['kind'] === 'Service';
  const known = [...neighbourhood(), ...network, ...services].filter(isService);
  const from = (suffix: number): Raw => ({ pod: podName(seedReplicas[suffix] ?? fail()), namespace, node: seedReplicas[suffix]?.node });
  return {
    origin:
      'Written from the seed of the project, step by step; node-worker-3 misses most of its service rules since kube-proxy was killed.',
    collectedAt: at('02:47:30'),
    objects: [
      ...nodes(),
      ...kubeProxy({ 'node-worker-3': killed }),
      ...neighbourhood(),
      ...paymentWorkload(seedReplicas, at('02:41:02')),
      ...seedReplicas.map(paymentPod),
      ...network,
      ...paymentConfiguration(),
      ...services,
      ...eventsOf(seedReplicas),
      ...namespaces(['payments', 'shop', 'kube-system', 'platform-apps', 'default']),
    ],
    logs: logsOf(seedReplicas),
    metrics: [errorRate(climbing)],
    alert: page({ startsAt: at('02:47:00') }),
    history: [firing(at('02:47:00'))],
    targets: scrapeTargets('up'),
    nodes: {
      'node-worker-3': {
        'iptables-kube-services': serviceRules(services.filter(isService).slice(0, 61)),
        'journal-kernel': kernelKill,
        'systemctl-status-kubelet': kubeletRunning,
      },
      'node-worker-1': { 'iptables-kube-services': serviceRules(known), 'systemctl-status-kubelet': kubeletRunning },
    },
    probes: [
      {
        from: from(0),
        host: databaseAddress,
        port: 5432,
        protocol: 'tcp',
        outcome: 'connected',
        detail: `${databaseAddress} (${databaseAddress}:5432) open`,
        at: at('02:47:24'),
      },
      {
        from: { pod: 'debug-net', namespace, node: 'node-worker-3' },
        host: databaseAddress,
        port: 5432,
        protocol: 'tcp',
        outcome: 'timed-out',
        detail: `nc: connect to ${databaseAddress} port 5432 (tcp) timed out: Operation in progress`,
        at: at('02:47:27'),
      },
      {
        from: { pod: 'debug-net', namespace, node: 'node-worker-3' },
        host: databaseEndpoint,
        port: 5432,
        protocol: 'tcp',
        outcome: 'connected',
        detail: `${databaseEndpoint} (${databaseEndpoint}:5432) open`,
        at: at('02:47:28'),
      },
    ],
  };
}

const kubeletRunning = `● kubelet.service - kubelet: The Kubernetes Node Agent
     Loaded: loaded (/lib/systemd/system/kubelet.service; enabled; preset: enabled)
     Active: active (running) since ${longAgo.slice(0, 10)} 09:14:00 UTC; 5 months ago
   Main PID: 911 (kubelet)`;

function fail(): never {
  throw new Error('The seed has four replicas.');
}

export { oldHash };
