import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { desk, prometheusUrl, sourceDirectory, workers } from '../layout.ts';
import { runInHost, tryInHost } from '../machine/in-host.ts';
import { inNetworkOf } from '../machine/network.ts';
import { step } from '../progress.ts';
import { tryProgram, waitFor } from '../run-program.ts';
import { applyObjects, kubectl, readManifest, readObject, tryKubectl } from './kubectl.ts';

/** Everything between booted hosts and a shop that serves its customers. */
export async function startCluster(): Promise<void> {
  await step('Waiting for the API server', waitForApiServer);
  await applyObjects(await readManifest('access.yaml'));
  await Promise.all([step('Preparing the database', prepareDatabase), step('Waiting for the nodes', joinNodes)]);
  await applyObjects(await readManifest('kube-proxy.yaml'));
  await applyObjects(await readManifest('kube-router.yaml'));
  await applyObjects(await readManifest('coredns.yaml'));
  await applyObjects(await readManifest('shop.yaml'));
  await step('Waiting for the workloads', waitForWorkloads);
  await step("Waiting for Prometheus to see the shop's traffic", waitForTraffic);
}

async function waitForApiServer(): Promise<void> {
  await waitFor({
    what: 'the API server to be ready (look with: npm run lab -- shell control-plane, then journalctl -u kube-apiserver)',
    withinSeconds: 120,
    check: async () => {
      const answer = await tryKubectl('get', '--raw=/readyz');
      return answer.status === 0 || (answer.errors || answer.output).trim().slice(-200);
    },
  });
}

async function prepareDatabase(): Promise<void> {
  const asPostgres = ['runuser', '-u', 'postgres', '--', 'psql', '--quiet', '--set=ON_ERROR_STOP=1'];
  await waitFor({
    what: 'PostgreSQL to answer',
    withinSeconds: 60,
    check: async () => (await tryInHost('database', [...asPostgres, '--command=select 1'])).status === 0 || 'no answer yet',
  });
  await runInHost('database', asPostgres, { input: await readFile(join(sourceDirectory, 'hosts/database/prepare.sql'), 'utf8') });
}

async function joinNodes(): Promise<void> {
  for (const worker of workers) {
    await waitFor({
      what: `${worker.name} to register`,
      withinSeconds: 120,
      check: async () => (await tryKubectl('get', 'node', worker.name)).status === 0 || 'not registered',
    });
    // Routes between the hosts are fixed, so the range is given here instead of by the controller manager.
    await kubectl(
      'patch',
      'node',
      worker.name,
      '--patch',
      JSON.stringify({ spec: { podCIDR: worker.podRange, podCIDRs: [worker.podRange] } }),
    );
  }
  await kubectl('wait', '--for=condition=Ready', 'node', '--all', '--timeout=120s');
}

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly readyReplicas?: number; readonly numberReady?: number; readonly desiredNumberScheduled?: number };
}

/** Every Deployment and DaemonSet of the cluster has all its pods ready. */
export async function waitForWorkloads(): Promise<void> {
  await waitFor({
    what: 'every workload to have all its pods ready',
    withinSeconds: 240,
    everyMilliseconds: 1000,
    check: async () => {
      const { items } = await readObject<{ readonly items: readonly Workload[] }>('deployments,daemonsets', '--all-namespaces');
      const waiting = items.filter(({ kind, spec, status }) =>
        kind === 'DaemonSet'
          ? (status.numberReady ?? 0) < Math.max(1, status.desiredNumberScheduled ?? 1)
          : (status.readyReplicas ?? 0) < (spec.replicas ?? 1),
      );
      return (
        waiting.length === 0 ||
        `not ready: ${waiting.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).join(', ')}`
      );
    },
  });
}

async function waitForTraffic(): Promise<void> {
  await waitFor({
    what: 'successful payments in Prometheus',
    withinSeconds: 90,
    everyMilliseconds: 1000,
    check: async () => {
      const value = await queryPrometheus('sum(rate(http_requests_total{service="payment-service",code="201"}[30s]))');
      return (value ?? 0) > 5 || `${value ?? 'no'} payments per second`;
    },
  });
}

/** The single value of a PromQL query. Absent: no series, or Prometheus did not answer. */
export async function queryPrometheus(query: string): Promise<number | undefined> {
  const answer = await tryProgram(
    inNetworkOf(desk.name, [
      'curl',
      '--silent',
      '--get',
      '--max-time',
      '5',
      '--data-urlencode',
      `query=${query}`,
      `${prometheusUrl}/api/v1/query`,
    ]),
  );
  if (answer.status !== 0) return undefined;
  const parsed = JSON.parse(answer.output) as {
    readonly data?: { readonly result?: readonly { readonly value: readonly [number, string] }[] };
  };
  const value = parsed.data?.result?.[0]?.value[1];
  return value === undefined ? undefined : Number(value);
}
