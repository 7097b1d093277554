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
  for (const pod of pods) {
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') continue;
    for (const [key, value] of Object.entries(pod.metadata.labels)) {
      if (!keys.has(key)) continue;
      const place = labelPlace(pod.metadata.namespace, key, value);
      const same = byLabel.get(place);
      if (same === undefined) byLabel.set(place, [pod]);
      else same.push(pod);
    }
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

/** A Service's own addresses come before addresses of endpoints, which several Services may share. */
function addressIndex(all: readonly Backend[]): ReadonlyMap<string, Backend> {
  const index = new Map<string, Backend>();
  const add = (address: string | undefined, backend: Backend): void => {
    const plain = address === undefined || address === 'None' || address === '' ? undefined : plainHost(address);
    if (plain !== undefined && !index.has(plain)) index.set(plain, backend);
  };
  for (const backend of all) {
    const { spec, status } = backend.service;
    for (const address of [spec.clusterIP, ...spec.clusterIPs, spec.loadBalancerIP, spec.externalName]) add(address, backend);
    for (const entry of status.loadBalancer.ingress) for (const address of [entry.ip, entry.hostname]) add(address, backend);
  }
  for (const backend of all) for (const slice of backend.slices) for (const address of addressesOf(slice)) add(address.address, backend);
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
  const declared = pods.flatMap((pod) => [...pod.spec.containers, ...pod.spec.initContainers].flatMap((container) => container.ports));
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
    return own.length > 0 ? own : older === undefined ? [] : [older];
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
  for (const { identity, isReady } of slices.flatMap(addressesOf)) readiness.set(identity, isReady || readiness.get(identity) === true);
  const ready = [...readiness.values()].filter((isReady) => isReady).length;
  return { ready, notReady: readiness.size - ready };
}

function addressesOf(slice: Slice): readonly EndpointAddress[] {
  if (slice.kind === 'EndpointSlice') {
    return slice.endpoints.flatMap(({ addresses, targetRef, conditions }) =>
      addresses.map((address) => ({ address, identity: targetRef?.name ?? address, isReady: conditions.ready !== false })),
    );
  }
  return slice.subsets.flatMap((subset) =>
    [
      ...subset.addresses.map((entry) => ({ entry, isReady: true })),
      ...subset.notReadyAddresses.map((entry) => ({ entry, isReady: false })),
    ].flatMap(({ entry, isReady }) =>
      entry.ip === undefined ? [] : [{ address: entry.ip, identity: entry.targetRef?.name ?? entry.ip, isReady }],
    ),
  );
}
