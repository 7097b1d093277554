import { citeObject, type Claim, claim } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import { minutesAgo } from '../../domain/example.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Replica, Replicas } from '../../domain/replica.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { type Subject, subject, subjectKey } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** Proxies that service meshes put beside every application, by the names that they give to the container. */
const meshProxies: ReadonlySet<string> = new Set([
  'istio-proxy',
  'linkerd-proxy',
  'envoy-sidecar',
  'consul-dataplane',
  'kuma-sidecar',
  'osm-envoy',
  'cilium-envoy',
  'envoy',
]);

/** Workloads of the control planes that proxies get their configuration and certificates from, by the names that the projects give them. */
const controlPlanes: { readonly [proxy: string]: RegExp } = {
  'istio-proxy': /^(?:istiod|istio-pilot|pilot)\b/,
  'linkerd-proxy': /^linkerd-(?:destination|identity|controller|control-plane|proxy-injector)\b/,
  'consul-dataplane': /^consul-(?:.{1,40}-)?server\b/,
  'kuma-sidecar': /^(?:kuma|kong-mesh)-control-plane\b/,
  'osm-envoy': /^osm-controller\b/,
};

export const sidecarNotReady = defineFailureMode({
  id: 'sidecar-not-ready',
  title: "The mesh's proxy beside the application is not ready",
  role: 'cause',
  explanation: {
    whatItIs:
      'All traffic of the pod goes through a proxy that the service mesh has put into it, and that proxy does not run or is not ready, so the application is cut off.',
    howItLooks: 'The pod shows one container fewer ready than it has; the application itself is well, or fails to connect at its start.',
    whyItHappens:
      "The mesh's control plane is down or unreachable, its certificate or version does not fit, or the proxy starts later than the application.",
    whatStopsTheBleeding: "Bring the mesh's control plane back, then restart the pods.",
    whatFixesIt: 'Hold the application until the proxy is ready (native sidecars do), and keep the versions together.',
    howToPreventIt: "Watch the mesh's control plane like a part of the cluster, and upgrade it step by step.",
  },
  sources: [
    'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/',
    'https://istio.io/latest/docs/ops/common-problems/injection/',
  ],
  needs: ['replicas'],
  helpedBy: [],
  explains: [
    'dependency-refuses-connections',
    'dependency-times-out',
    'dns-failing',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
  ],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    const hit = facts.replicas.failing.flatMap((replica) => {
      const proxies = [...replica.pod.status.containerStatuses, ...replica.pod.status.initContainerStatuses].filter(
        (status) => meshProxies.has(status.name) && status.ready === false && status.state.terminated?.exitCode !== 0,
      );
      const [proxy] = proxies;
      return proxy === undefined || !isOnlyProxy(replica) ? [] : [{ replica, proxy: proxy.name }];
    });
    return [...groupBy(hit, ({ replica }) => subjectKey(replica.workload)).values()].flatMap((group): readonly Finding[] => {
      const [first] = group;
      if (first === undefined) return [];
      const trouble = first.replica.troubles.find((each) => each.container === first.proxy);
      const since = group.flatMap(({ replica }) => replica.failingSince ?? []);
      const because: readonly [Claim, ...Claim[]] = [
        claim(
          `In ${first.replica.pod.metadata.name} only ${first.proxy} is not ready${trouble === undefined ? '' : ` (${trouble.reason})`}; the application's own containers are.`,
          citeObject(first.replica.pod, `${first.proxy} ready: false ${trouble?.message ?? ''}`.trim()),
        ),
      ];
      return [
        {
          subject: first.replica.workload,
          weight: 'strong',
          because,
          ...(since.length === 0 ? {} : { since: Math.min(...since) }),
          affects: [
            first.replica.workload,
            ...group.map(({ replica: { pod } }) => subject('Pod', pod.metadata.namespace, pod.metadata.name)),
          ],
          blames: failedControlPlane(first.proxy, facts.replicas),
          wouldSettle: [
            shellCommand`kubectl -n ${first.replica.pod.metadata.namespace ?? 'default'} logs ${first.replica.pod.metadata.name} -c ${first.proxy}`,
          ],
        },
      ];
    });
  },
  recognises: [
    {
      story: 'The application is ready, the proxy is not.',
      given: { pods: [meshed({ name: 'istio-proxy', ready: false, state: { running: { startedAt: minutesAgo(30) } } }, true)] },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'cart-1' }],
    },
  ],
  isNotFooledBy: [
    { story: 'Both are ready.', given: { pods: [examplePod({ name: 'cart-1-a' })] } },
    {
      story: 'The application crashes, and the proxy only waits beside it.',
      given: { pods: [meshed({ name: 'istio-proxy', ready: true, state: { running: { startedAt: minutesAgo(30) } } }, false)] },
    },
  ],
});

/** The control plane of that proxy, where none of its replicas is left. */
function failedControlPlane(proxy: string, replicas: Replicas): readonly Subject[] {
  const names = controlPlanes[proxy];
  const failing = names === undefined ? [] : replicas.failing.filter((replica) => names.test(replica.workload.name));
  const isDown = ({ workload }: Replica): boolean => replicas.ofWorkload(workload).every((other) => other.health === 'failing');
  return affectedBy(failing.filter(isDown));
}

/** The application's own containers run and are ready. */
function isOnlyProxy({ pod }: Replica): boolean {
  const own = pod.status.containerStatuses.filter((status) => !meshProxies.has(status.name));
  return own.length > 0 && own.every((status) => status.ready === true);
}

function meshed(proxy: object, isApplicationReady: boolean): ReturnType<typeof examplePod> {
  const application = isApplicationReady
    ? { name: 'app', ready: true, started: true, restartCount: 0, state: { running: { startedAt: minutesAgo(30) } }, lastState: {} }
    : { name: 'app', ...crashLooping({ exitCode: 1 }) };
  return examplePod({
    name: 'cart-1-a',
    isReady: false,
    podStatus: { containerStatuses: [application, proxy] },
    spec: { containers: [{ name: 'app' }, { name: 'istio-proxy' }] },
  });
}
