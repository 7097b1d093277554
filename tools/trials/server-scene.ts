import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCluster } from '../../src/engine/act/testing-cluster.ts';
import { type Incoming, serveCluster } from '../../src/surfaces/command-line/testing-served-cluster.ts';
import { type DeliveryPeer, openDeliveryPeer } from './delivery-peer.ts';
import { freePort, killAll, type ServedProcess, startServer } from './served-process.ts';

export const alertmanagerSecret = 'a-secret-of-alertmanager';
export const pagerDutySecret = 'a-secret-of-pagerduty';
export const pageSecret = 'a-secret-of-plain-pages';

/** Everything that a server works with, apart from its database: a cluster in which two replicas crash, and somebody to be told. */
export interface ServerScene {
  readonly folder: string;
  readonly cluster: TestCluster;
  readonly peer: DeliveryPeer;
  /** One more way to the same cluster, as a word for `flags`. `before`: awaited before a request is answered. */
  readonly wayToCluster: (before?: (incoming: Incoming) => Promise<undefined>) => Promise<readonly string[]>;
  /** Starts one with the scene's settings. `port`: absent: any that is free. */
  readonly start: (wish: StartWish) => Promise<ServedProcess>;
  readonly close: () => Promise<void>;
}

interface StartWish {
  readonly database: string;
  readonly flags: readonly string[];
  readonly port?: number;
  /** More variables than those that the settings name. */
  readonly environment?: { readonly [name: string]: string };
}

const settings = `schema: stanch.dev/server/v1
metrics: { readableBy: anyone }
webhooks:
  alertmanager: { secrets: [{ environment: ALERTMANAGER_SECRET }] }
  pagerduty: { secrets: [{ environment: PAGERDUTY_SECRET }] }
  page: { secrets: [{ environment: PAGE_SECRET }] }
deliveries:
  - { kind: webhook, name: chat, takes: [status], address: { environment: CHAT_ADDRESS } }
`;

/** `more`: lines of the settings, behind the deliveries. */
export async function openScene(more = ''): Promise<ServerScene> {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-trial-'));
  const replicas = ['node-1', 'node-2', 'node-3', 'node-3'].map((node) => [node, 'old'] as const);
  const cluster = new TestCluster({ replicas, badNode: 'node-3', beginsAt: Date.now() });
  const peer = await openDeliveryPeer();
  const config = join(folder, 'server.yaml');
  writeFileSync(config, settings + more);
  const closing: (() => Promise<void>)[] = [peer.close];
  return {
    folder,
    cluster,
    peer,
    wayToCluster: async (before = () => Promise.resolve(undefined)) => {
      const served = await serveCluster(cluster, { folder, before });
      closing.push(served.close);
      return ['--kubeconfig', served.kubeconfigPath];
    },
    start: async ({ database, flags, port, environment }) =>
      startServer({
        port: port ?? (await freePort()),
        database,
        flags: ['--config', config, ...flags],
        environment: {
          HOME: folder,
          ALERTMANAGER_SECRET: alertmanagerSecret,
          PAGERDUTY_SECRET: pagerDutySecret,
          PAGE_SECRET: pageSecret,
          PAGERDUTY_TOKEN: 'a-token-of-pagerduty',
          CHAT_ADDRESS: peer.address,
          ...environment,
        },
      }),
    close: async () => {
      await killAll();
      for (const close of closing) await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a server tells Prometheus, by name and labels as they are written there. Undefined: it does not answer. */
export async function metricsOf(address: string): Promise<ReadonlyMap<string, number> | undefined> {
  const answer = await fetch(`${address}/metrics`).catch(() => undefined);
  if (answer?.status !== 200) return undefined;
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('stanch_'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** Jobs and pages that something is to be done about at once. What has its time later does not count. Undefined: nobody can tell. */
export async function workLeft(address: string): Promise<{ readonly [name: string]: number } | undefined> {
  const metrics = await metricsOf(address);
  if (metrics === undefined) return undefined;
  const kinds = ['work-page', 'work-incident', 'deliver'].flatMap((kind) =>
    ['waiting', 'taken', 'failed'].map((state) => `stanch_jobs{kind="${kind}",state="${state}"}`),
  );
  const all = ['stanch_pages_waiting', ...kinds].map((name) => [name, metrics.get(name) ?? Number.NaN] as const);
  return Object.fromEntries(all.filter(([, count]) => count !== 0));
}
