import { applyObjects, kubectl, readManifest, readObject } from '../cluster/kubectl.ts';
import { queryPrometheus, waitForWorkloads } from '../cluster/start-cluster.ts';
import { alertmanagerUrl, desk, hosts, prometheusUrl } from '../layout.ts';
import { runInHost } from '../machine/in-host.ts';
import { inNetworkOf } from '../machine/network.ts';
import { runProgram, tryProgram, waitFor } from '../run-program.ts';

/** A replacement in the shop's manifest: exact text, and what stands there instead. */
export interface Edit {
  readonly from: string;
  readonly to: string;
}

/**
 * Applies the shop's manifest with edits, as a team does whose change is wrong. Without edits it restores the shop:
 * both go through one field manager, so what an edit added goes away again.
 */
export async function applyShop(...edits: readonly Edit[]): Promise<void> {
  let text = await readManifest('shop.yaml');
  for (const { from, to } of edits) {
    if (text.split(from).length !== 2)
      throw new Error(
        `A scenario edits shop.yaml, and "${from}" occurs there ${text.split(from).length - 1} times. It must occur once; correct the scenario.`,
      );
    text = text.replace(from, () => to);
  }
  await applyObjects(text);
}

/** The manifest's parts that several scenarios edit. */
export const shopText = {
  paymentImage: '/shop/payment-service:2.46.0',
  paymentRelease: 'value: "2.46.0"',
  readiness: 'readinessProbe: { httpGet: { path: /ready, port: http }, periodSeconds: 2, failureThreshold: 2 }',
  liveness: 'livenessProbe: { httpGet: { path: /alive, port: http }, initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 2 }',
  paymentResources: 'resources: { requests: { cpu: 50m, memory: 32Mi }, limits: { memory: 64Mi } }',
} as const;

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string };
  readonly running?: object;
  readonly terminated?: { readonly reason?: string; readonly exitCode: number };
}

export async function podsOf({ namespace, label }: { namespace: string; label: string }): Promise<readonly Pod[]> {
  return (await readObject<{ readonly items: readonly Pod[] }>('pods', '--namespace', namespace, '--selector', label)).items;
}

/** Every reason that the pod's containers give for not running now, or for having ended last. */
export function reasonsOf({ status }: Pod): readonly string[] {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return containers.flatMap(({ state, lastState }) =>
    [state.waiting?.reason, state.terminated?.reason, lastState.terminated?.reason].filter((reason) => reason !== undefined),
  );
}

export async function waitForPodReason({
  label,
  reasons,
  namespace = 'payments',
  withinSeconds = 120,
}: {
  label: string;
  reasons: readonly string[];
  namespace?: string;
  withinSeconds?: number;
}): Promise<void> {
  await waitFor({
    what: `a pod of ${label} to show ${reasons.join(' or ')}`,
    withinSeconds,
    everyMilliseconds: 1000,
    check: async () => {
      const seen = (await podsOf({ namespace, label })).flatMap(reasonsOf);
      return seen.some((reason) => reasons.includes(reason)) || `reasons: ${[...new Set(seen)].join(', ') || 'none'}`;
    },
  });
}

/** Waits until a container of such a pod was started again so often, whatever it shows at this moment. */
export async function waitForRestarts({
  label,
  restarts,
  withinSeconds,
}: {
  label: string;
  restarts: number;
  withinSeconds: number;
}): Promise<void> {
  await waitFor({
    what: `a container of ${label} to be started again ${restarts} times`,
    withinSeconds,
    everyMilliseconds: 1000,
    check: async () => {
      const pods = await podsOf({ namespace: 'payments', label });
      const most = Math.max(0, ...pods.flatMap(({ status }) => (status.containerStatuses ?? []).map(({ restartCount }) => restartCount)));
      return most >= restarts || `started again ${most} times`;
    },
  });
}

/** Waits for an event whose reason and message match. */
export async function waitForEvent({
  reason,
  message,
  namespace = 'payments',
  withinSeconds = 120,
}: {
  reason: string;
  message: RegExp;
  namespace?: string;
  withinSeconds?: number;
}): Promise<void> {
  await waitFor({
    what: `an event ${reason} that says ${message.source}`,
    withinSeconds,
    everyMilliseconds: 1000,
    check: async () => {
      const { items } = await readObject<{ readonly items: readonly { readonly message?: string }[] }>(
        'events',
        '--namespace',
        namespace,
        '--field-selector',
        `reason=${reason}`,
      );
      return items.some((event) => message.test(event.message ?? '')) || `${items.length} events ${reason}`;
    },
  });
}

interface Lasting {
  readonly label: string;
  /** Absent: payments. */
  readonly namespace?: string;
  /** The state must be seen for so long by the same pod, so that an ordinary start is not taken for it. */
  readonly forSeconds: number;
}

/** A pod runs and stays unready. */
export function waitForUnreadyPod(lasting: Lasting): Promise<void> {
  return waitForLasting(
    'runs and is not ready',
    lasting,
    ({ status }) => status.phase === 'Running' && (status.containerStatuses ?? []).some(({ ready }) => !ready),
  );
}

/** A pod stays Pending, before or during its init containers. */
export function waitForPending(lasting: Lasting): Promise<void> {
  return waitForLasting('stays Pending', lasting, ({ status }) => status.phase === 'Pending');
}

async function waitForLasting(
  what: string,
  { label, forSeconds, namespace = 'payments' }: Lasting,
  holds: (pod: Pod) => boolean,
): Promise<void> {
  const since = new Map<string, number>();
  await waitFor({
    what: `a pod of ${label} that ${what} for ${forSeconds} s`,
    withinSeconds: 120 + forSeconds,
    everyMilliseconds: 1000,
    check: async () => {
      const pods = await podsOf({ namespace, label });
      const matching = pods.filter(holds).map(({ metadata }) => metadata.uid);
      for (const uid of since.keys()) if (!matching.includes(uid)) since.delete(uid);
      for (const uid of matching) if (!since.has(uid)) since.set(uid, Date.now());
      const longest = Math.max(0, ...[...since.values()].map((from) => (Date.now() - from) / 1000));
      return longest >= forSeconds || `${matching.length} of ${pods.length} pods, the longest for ${Math.round(longest)} s`;
    },
  });
}

/** Names of the alerts that Alertmanager holds as firing. */
export async function firingAlerts(): Promise<readonly string[]> {
  const answer = await tryProgram(
    inNetworkOf(desk.name, ['curl', '--silent', '--max-time', '5', `${alertmanagerUrl}/api/v2/alerts?active=true`]),
  );
  if (answer.status !== 0) return [];
  return (JSON.parse(answer.output) as readonly { readonly labels: Readonly<Record<string, string>> }[]).map(
    ({ labels }) => labels['alertname'] ?? '',
  );
}

export function paymentErrorRate(): Promise<number | undefined> {
  const requests = 'http_requests_total{service="payment-service"';
  return queryPrometheus(`(sum(rate(${requests},code=~"5.."}[30s])) or vector(0)) / sum(rate(${requests}}[30s]))`);
}

export async function waitForNodeCondition({
  node,
  ready,
  withinSeconds,
}: {
  node: string;
  ready: 'True' | 'False' | 'Unknown';
  withinSeconds: number;
}): Promise<void> {
  await kubectl('wait', `--for=condition=Ready=${ready}`, 'node', node, `--timeout=${withinSeconds}s`);
}

export function onDatabase(statement: string): Promise<string> {
  return runInHost('database', [
    'runuser',
    '-u',
    'postgres',
    '--',
    'psql',
    '--quiet',
    '--tuples-only',
    '--no-align',
    '--command',
    statement,
  ]);
}

/** The shop serves, every workload is whole, every host's units run, and no alert fires. */
export async function waitForHealth(withinSeconds = 300): Promise<void> {
  await waitForWorkloads();
  await waitFor({
    what: 'the shop to serve without errors and every alert to resolve',
    withinSeconds,
    everyMilliseconds: 2000,
    check: async () => {
      const rate = await paymentErrorRate();
      const firing = await firingAlerts();
      return (rate !== undefined && rate < 0.01 && firing.length === 0) || `error rate ${rate}, firing: ${firing.join(', ') || 'none'}`;
    },
  });
  for (const host of hosts) await runInHost(host.name, ['true']);
}

/** Takes away what a scenario leaves in memories, so that the next one begins like the first: old revisions, events, alerts that fired. */
export async function forgetThePast(): Promise<void> {
  const { items } = await readObject<{
    readonly items: readonly { readonly metadata: { readonly name: string }; readonly spec: { readonly replicas: number } }[];
  }>('replicasets', '--namespace=payments');
  const unused = items.filter(({ spec }) => spec.replicas === 0).map(({ metadata }) => metadata.name);
  if (unused.length > 0) await kubectl('delete', 'replicasets', '--namespace=payments', ...unused);
  await kubectl('delete', 'events', '--all', '--all-namespaces');
  const forget = `${prometheusUrl}/api/v1/admin/tsdb/delete_series?match[]=ALERTS&match[]=ALERTS_FOR_STATE`;
  await runProgram(
    inNetworkOf(desk.name, ['curl', '--silent', '--show-error', '--fail', '--globoff', '--max-time', '20', '--request', 'POST', forget]),
  );
}
