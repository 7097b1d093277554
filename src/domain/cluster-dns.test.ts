import { expect, test } from 'vitest';
import { factsOf } from '../reasoning/facts-of.ts';
import { dnsServers } from './cluster-dns.ts';
import { snapshotOf } from './example.ts';
import { examplePod } from './example-objects.ts';

const image = 'registry.k8s.io/coredns/coredns:v1.11.3';

function serversAmong(pods: readonly ReturnType<typeof examplePod>[]): readonly string[] {
  const replicas = factsOf(snapshotOf({ pods })).get('replicas');
  return replicas === undefined ? [] : dnsServers(replicas).map(({ pod }) => pod.metadata.name);
}

test('servers of names are known by their labels, or by what runs in them where the labels are of somebody else', () => {
  const labelled = examplePod({ name: 'dns-1-a', namespace: 'dns', labels: { 'k8s-app': 'kube-dns' } });
  const other = examplePod({ name: 'names-1-a', namespace: 'kube-system', labels: { app: 'names' }, container: { image } });
  expect(serversAmong([labelled, other])).toEqual(['dns-1-a', 'names-1-a']);
});

test('a CoreDNS outside of the system serves its own users, and a cache of a node is no server', () => {
  const own = examplePod({ name: 'zones-1-a', labels: { app: 'zones' }, container: { image } });
  const cache = examplePod({ name: 'cache-a', namespace: 'kube-system', labels: { 'k8s-app': 'node-local-dns' }, container: { image } });
  expect(serversAmong([own, cache])).toEqual([]);
});
