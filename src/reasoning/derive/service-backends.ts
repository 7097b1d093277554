import { clusterNames, isAddress, plainHost } from '../../domain/cluster-host.ts';
import { groupBy, once } from '../../domain/collection.ts';
import type { EndpointSlice, Endpoints, Service } from '../../domain/kubernetes/network.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import { matchesLabels } from '../../domain/label-selector.ts';
import type { Backend, BackendPort, ServiceBackends } from '../../domain/service-backends.ts';
import type { FactSource } from '../fact-source.ts';

type Slice = EndpointSlice | Endpoints;

/** Every Service with the pods behind it, and the ways in which clients name it. */
export function deriveServiceBackends(facts: FactSource): ServiceBackends {
  const services = facts.get('services')?.all ?? [];
  const podsBehind = podIndex(services, facts.get('pods')?.all ?? []);
  const slicesOf = sliceIndex(facts);
  const all = services.map((service) => {
    const pods = podsBehind(service);
    const slices = slicesOf(service);
    const endpoints = slices === undefined ? undefined : countEndpoints(slices);
    return { service, pods, ports: portsOf(service, pods), endpoints, slices: slices ?? [] };
  });
  return { all, ...lookups(all) };
}

/**
 * Living pods that a Service selects, undefined for one without selector. Pods are looked up by the rarest label of the
 * selector, because thousands of Services times tens of thousands of pods are too many to compare each with each.
 */
function podIndex(services: readonly Service[], pods: readonly Pod[]): (service: Service) => readonly Pod[] | undefined {
  const keys = new Set(services.flatMap((service) => Object.keys(service.spec.selector)));
  const byLabel = new Map<string, Pod[]>();
  const placesOf = ({ namespace, labels }: Pod['metadata']): readonly Pod[][] =>
    Object.keys(labels).flatMap((key) => {
      if (!keys.has(key)) return [];
      const place = labelPlace(namespace, key, labels[key] ?? '');
      const same = byLabel.get(place) ?? [];
      byLabel.set(place, same);
      return [same];
    });
  // Replicas stand side by side and share their labels, so the places of one are those of the next.
  let latest: { readonly metadata: Pod['metadata']; readonly places: readonly Pod[][] } | undefined;
  for (const pod of pods) {
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') continue;
    const { metadata } = pod;
    const isAlike = latest?.metadata.labels === metadata.labels && latest.metadata.namespace === metadata.namespace;
    if (latest === undefined || !isAlike) latest = { metadata, places: placesOf(metadata) };
    for (const place of latest.places) place.push(pod);
  }
  return ({ metadata, spec }) => {
    const pairs = Object.entries(spec.selector);
    if (pairs.length === 0) return undefined;
    const candidates = pairs.map(([key, value]) => byLabel.get(labelPlace(metadata.namespace, key, value)) ?? []);
    const rarest = candidates.reduce((least, each) => (each.length < least.length ? each : least));
    return rarest.filter((pod) => matchesLabels(spec.selector, pod.metadata.labels));
  };
}

function labelPlace(namespace: string | undefined, key: string, value: string): string {
  return `${namespace ?? ''} ${key}=${value}`;
}

function lookups(all: readonly Backend[]): Pick<ServiceBackends, 'ofService' | 'ofHost' | 'ofPod'> {
  const byName = once(
    () => new Map(all.map((backend) => [`${backend.service.metadata.namespace ?? ''}/${backend.service.metadata.name}`, backend])),
  );
  const byAddress = once(() => addressIndex(all));
  const inNamespace = once(() => groupBy(all, (backend) => backend.service.metadata.namespace));
  const ofService: ServiceBackends['ofService'] = (namespace, name) => byName().get(`${namespace ?? ''}/${name ?? ''}`);
  return {
    ofService,
    ofHost(host, fromNamespace) {
      if (host === undefined || host === '') return undefined;
      const plain = plainHost(host);
      for (const name of isAddress(plain) ? [] : clusterNames(plain, fromNamespace)) {
        const backend = ofService(name.namespace, name.service);
        if (backend !== undefined) return backend;
      }
      return byAddress().get(plain);
    },
    ofPod: (pod) =>
      (inNamespace().get(pod.metadata.namespace ?? '') ?? []).filter(
        ({ service }) => Object.keys(service.spec.selector).length > 0 && matchesLabels(service.spec.selector, pod.metadata.labels),
      ),
  };
}

/** Anything that plainHost would change. */
const isUnplain = /[A-Z[\]%]|\.$/;

/** A Service's own addresses come before addresses of endpoints, which several Services may share. */
function addressIndex(all: readonly Backend[]): ReadonlyMap<string, Backend> {
  const index = new Map<string, Backend>();
  const add = (address: string | undefined, backend: Backend): void => {
    if (address === undefined || address === 'None' || address === '') return;
    // Of a large cluster there are hundreds of thousands, nearly all of them plain.
    const plain = isUnplain.test(address) ? plainHost(address) : address;
    if (!index.has(plain)) index.set(plain, backend);
  };
  for (const backend of all) {
    const { spec, status } = backend.service;
    for (const address of [spec.clusterIP, ...spec.clusterIPs, spec.loadBalancerIP, spec.externalName]) add(address, backend);
    for (const entry of status.loadBalancer.ingress) for (const address of [entry.ip, entry.hostname]) add(address, backend);
  }
  for (const backend of all) for (const slice of backend.slices) forEachAddress(slice, ({ address }) => add(address, backend));
  for (const backend of all) for (const pod of backend.pods ?? []) if (pod.spec.hostNetwork !== true) add(pod.status.podIP, backend);
  return index;
}

function portsOf(service: Service, pods: readonly Pod[] | undefined): readonly BackendPort[] {
  return service.spec.ports.map((port) => {
    const protocol = port.protocol ?? 'TCP';
    const targetPort = port.targetPort ?? port.port;
    const shape = { name: port.name, port: port.port, protocol, targetPort };
    return { ...shape, resolution: resolutionOf(targetPort, protocol, pods) };
  });
}

function resolutionOf(target: number | string | undefined, protocol: string, pods: readonly Pod[] | undefined): BackendPort['resolution'] {
  if (pods === undefined || pods.length === 0) return 'no-pods';
  // Replicas share their containers: each list is looked at once.
  const lists = new Set(pods.flatMap((pod) => [pod.spec.containers, pod.spec.initContainers]));
  const declared = [...lists].flatMap((containers) => containers.flatMap((container) => container.ports));
  const wanted = typeof target === 'string' && /^\d+$/.test(target) ? Number(target) : target;
  const same = declared.filter((port) => (typeof wanted === 'string' ? port.name === wanted : port.containerPort === wanted));
  if (same.some((port) => (port.protocol ?? 'TCP') === protocol)) return 'declared';
  if (same.length > 0) return 'protocol-differs';
  return typeof wanted === 'string' ? 'name-missing' : 'undeclared';
}

/** Undefined for a Service: neither kind of list could be read. */
function sliceIndex(facts: FactSource): (service: Service) => readonly Slice[] | undefined {
  const slices = facts.get('endpointslices');
  const endpoints = facts.get('endpoints');
  if (slices === undefined && endpoints === undefined) return () => undefined;
  const byService = once(() => groupBy(slices?.all ?? [], (slice) => `${slice.metadata.namespace ?? ''}/${serviceOfSlice(slice) ?? ''}`));
  return (service) => {
    const own = byService().get(`${service.metadata.namespace ?? ''}/${service.metadata.name}`) ?? [];
    const older = endpoints?.named(service.metadata.namespace, service.metadata.name);
    if (own.length > 0) return own;
    if (older !== undefined) return [older];
    // Slices that somebody wrote for a Service without a selector are not mirrored into the older kind.
    const isByHand = Object.keys(service.spec.selector).length === 0;
    return slices === undefined && isByHand ? undefined : [];
  };
}

function serviceOfSlice(slice: EndpointSlice): string | undefined {
  return (
    slice.metadata.labels['kubernetes.io/service-name'] ?? slice.metadata.ownerReferences.find((owner) => owner.kind === 'Service')?.name
  );
}

interface EndpointAddress {
  readonly address: string;
  /** The same for every address of one pod, so that dual-stack pods count once. */
  readonly identity: string;
  readonly isReady: boolean;
}

function countEndpoints(slices: readonly Slice[]): { readonly ready: number; readonly notReady: number } {
  const readiness = new Map<string, boolean>();
  for (const slice of slices) {
    forEachAddress(slice, ({ identity, isReady }) => readiness.set(identity, isReady || readiness.get(identity) === true));
  }
  let ready = 0;
  for (const isReady of readiness.values()) if (isReady) ready += 1;
  return { ready, notReady: readiness.size - ready };
}

function forEachAddress(slice: Slice, take: (address: EndpointAddress) => void): void {
  if (slice.kind === 'EndpointSlice') {
    for (const { addresses, targetRef, conditions } of slice.endpoints) {
      for (const address of addresses) take({ address, identity: targetRef?.name ?? address, isReady: conditions.ready !== false });
    }
    return;
  }
  for (const { addresses, notReadyAddresses } of slice.subsets) {
    for (const [entries, isReady] of [
      [addresses, true],
      [notReadyAddresses, false],
    ] as const) {
      for (const { ip, targetRef } of entries) if (ip !== undefined) take({ address: ip, identity: targetRef?.name ?? ip, isReady });
    }
  }
}
