import { crash, type Night, seedNight } from './nights.ts';
import { at, node, type Raw } from './objects.ts';
import { errorRate, firing, page, quiet, scrapeTargets } from './page.ts';
import { kubeProxy } from './platform.ts';
import { healthyReplicas, nightOf, origin } from './quiet-night.ts';
import { newHash, oldHash, type PaymentReplica } from './shop.ts';
import { healthyWithOldNoise, twoFaults } from './siblings-with-more.ts';

/** A night that differs from the seed's in one thing. */
export interface Sibling {
  readonly name: string;
  readonly night: () => Night;
}

function replica(suffix: string, worker: number, hash: string, isCrashing: boolean): PaymentReplica {
  return {
    suffix,
    node: `node-worker-${worker}`,
    address: `10.244.${worker}.${20 + (suffix.charCodeAt(0) % 60)}`,
    hash,
    created: hash === newHash ? at('02:41:10') : '2026-11-05T10:03:00Z',
    ...(isCrashing ? { crash } : {}),
  };
}

function badRevision(): Night {
  return nightOf(
    [
      replica('x2k9m', 3, newHash, true),
      replica('q4r7p', 1, newHash, true),
      replica('d6h2z', 2, newHash, true),
      replica('a8j3n', 1, oldHash, false),
      replica('m5t8w', 2, oldHash, false),
      replica('t9c4v', 3, oldHash, false),
    ],
    'the same crash on every pod of revision 47, whatever its node, and on none of revision 46',
  );
}

function databaseDown(): Night {
  return nightOf(
    [
      replica('x2k9m', 3, newHash, true),
      replica('q4r7p', 1, newHash, true),
      replica('a8j3n', 1, oldHash, true),
      replica('m5t8w', 2, oldHash, true),
    ],
    'every pod of every revision crashes, because the database refuses connections; it runs outside the cluster',
    { isDatabaseInCluster: false },
  );
}

function oneZone(): Night {
  const moreNodes = [node('node-worker-4', 'zone-b', { address: '172.20.0.14', podCidr: '10.244.4.0/24' })];
  const replicas = [
    replica('x2k9m', 2, newHash, true),
    replica('q4r7p', 2, newHash, true),
    replica('d6h2z', 4, newHash, true),
    replica('w3f8b', 4, newHash, true),
    replica('a8j3n', 1, newHash, false),
    replica('m5t8w', 1, newHash, false),
    replica('t9c4v', 3, newHash, false),
    replica('z7p5k', 3, newHash, false),
  ];
  return nightOf(replicas, 'all replicas in zone-b fail, on both of its nodes, and none in zone-a', {
    isDatabaseInCluster: false,
    moreNodes,
  });
}

function flapping(): Night {
  const history = ['2026-11-13T23:10:00Z', '2026-11-13T23:52:00Z', at('00:31:00'), at('01:14:00'), at('01:58:00'), at('02:22:00')].map(
    (started) => firing(started, new Date(Date.parse(started) + 4 * 60_000).toISOString().replace('.000Z', 'Z')),
  );
  const sawtooth = (minutes: number): number => (Math.floor(minutes / 4) % 2 === 0 ? 0.056 : 0.044);
  return {
    ...nightOf(healthyReplicas, 'no replica fails, and the alert has come and gone all night'),
    metrics: [errorRate(sawtooth)],
    history: [...history, firing(at('02:47:00'))],
  };
}

function stale(): Night {
  return {
    ...nightOf(healthyReplicas, 'no replica fails; the scrape of the service died at 02:31 and the alert rests on old data'),
    metrics: [errorRate((minutes) => (minutes > 150 ? 0.061 : quiet(minutes)), '02:31:00')],
    alert: page({ startsAt: at('02:31:00') }),
    history: [firing(at('02:31:00'))],
    targets: scrapeTargets('down'),
  };
}

function backToNormal(): Night {
  const spike = (minutes: number): number => (minutes >= 153 && minutes < 158 ? 0.08 : quiet(minutes));
  return {
    ...nightOf(healthyReplicas, 'no replica fails, and the error rate has been back to normal for ten minutes'),
    metrics: [errorRate(spike)],
    alert: page({ startsAt: at('02:36:30') }),
    history: [firing(at('02:36:30'))],
  };
}

function nodeEvidenceMissing(): Night {
  const { nodes: _nodes, probes: _probes, ...seed } = seedNight();
  const isOfManyServices = (object: Raw): boolean => /(svc-\d{3}|onboarded-\d{2})/.test(String((object['metadata'] as Raw)['name']));
  const withoutKill = seed.objects.filter(
    (object) =>
      !isOfManyServices(object) && !(object['kind'] === 'Pod' && /^kube-proxy-/.test(String((object['metadata'] as Raw)['name']))),
  );
  const proxies = kubeProxy({}).filter((object) => object['kind'] === 'Pod');
  return {
    ...seed,
    objects: [...withoutKill, ...proxies],
    origin: origin(
      'nothing from the node was recorded and kube-proxy shows no restart, so kube-proxy and the pod network cannot be told apart',
    ),
  };
}

export const siblings: readonly Sibling[] = [
  { name: 'bad-revision/every-pod-of-the-new-revision', night: badRevision },
  { name: 'dependency-refuses-connections/database-outside-the-cluster', night: databaseDown },
  { name: 'cannot-tell/one-zone', night: oneZone },
  { name: 'alert-flapping/all-night', night: flapping },
  { name: 'alert-stale/scrape-died', night: stale },
  { name: 'alert-transient/back-to-normal', night: backToNormal },
  { name: 'cannot-tell/node-evidence-missing', night: nodeEvidenceMissing },
  { name: 'kube-proxy-rules-incomplete/and-an-image-that-does-not-exist', night: twoFaults },
  { name: 'healthy/old-noise', night: healthyWithOldNoise },
];
