import { anything, flag, list, maybe, number, numberOrText, type Shape, type Shaped, section, text, textList, textMap } from '../shape.ts';
import { changeMetadata, condition, metadata } from './metadata.ts';
import { optionalLabelSelector } from './pod-template.ts';

export const service = section({
  kind: { read: () => 'Service' } as Shape<'Service'>,
  metadata: changeMetadata,
  spec: section({
    /** Absent means ClusterIP. */
    type: text,
    /** "None" for a headless Service. */
    clusterIP: text,
    clusterIPs: textList,
    /** Empty: endpoints are kept by someone else (an external service). */
    selector: textMap,
    ports: list(section({ name: text, protocol: text, appProtocol: text, port: number, targetPort: numberOrText, nodePort: number })),
    externalName: text,
    externalTrafficPolicy: text,
    internalTrafficPolicy: text,
    publishNotReadyAddresses: flag,
    loadBalancerIP: text,
    loadBalancerClass: text,
  }),
  status: section({ loadBalancer: section({ ingress: list(section({ ip: text, hostname: text })) }) }),
});
export type Service = Shaped<typeof service>;

export const endpointSlice = section({
  kind: { read: () => 'EndpointSlice' } as Shape<'EndpointSlice'>,
  /** The Service is named by the label kubernetes.io/service-name. */
  metadata,
  addressType: text,
  ports: list(section({ name: text, port: number, protocol: text })),
  endpoints: list(
    section({
      addresses: textList,
      /** Absent ready means ready. */
      conditions: section({ ready: flag, serving: flag, terminating: flag }),
      targetRef: maybe({ kind: text, name: text, namespace: text, uid: text }),
      nodeName: text,
      zone: text,
    }),
  ),
});
export type EndpointSlice = Shaped<typeof endpointSlice>;

const endpointAddress = section({ ip: text, nodeName: text, targetRef: maybe({ kind: text, name: text, namespace: text, uid: text }) });
/** The older form of EndpointSlices; bundles often hold only these. */
export const endpoints = section({
  kind: { read: () => 'Endpoints' } as Shape<'Endpoints'>,
  metadata,
  subsets: list(
    section({
      addresses: list(endpointAddress),
      notReadyAddresses: list(endpointAddress),
      ports: list(section({ name: text, port: number, protocol: text })),
    }),
  ),
});
export type Endpoints = Shaped<typeof endpoints>;

const backend = maybe({
  service: maybe({ name: text, port: section({ name: text, number }) }),
  resource: maybe({ kind: text, name: text }),
});
export const ingress = section({
  kind: { read: () => 'Ingress' } as Shape<'Ingress'>,
  metadata: changeMetadata,
  spec: section({
    ingressClassName: text,
    defaultBackend: backend,
    tls: list(section({ hosts: textList, secretName: text })),
    rules: list(section({ host: text, http: maybe({ paths: list(section({ path: text, pathType: text, backend })) }) })),
  }),
  status: section({ loadBalancer: section({ ingress: list(section({ ip: text, hostname: text })) }) }),
});
export type Ingress = Shaped<typeof ingress>;

export const ingressClass = section({
  kind: { read: () => 'IngressClass' } as Shape<'IngressClass'>,
  metadata,
  spec: section({ controller: text }),
});
export type IngressClass = Shaped<typeof ingressClass>;

const peer = section({
  podSelector: optionalLabelSelector,
  namespaceSelector: optionalLabelSelector,
  ipBlock: maybe({ cidr: text, except: textList }),
});
const policyPort = section({ protocol: text, port: numberOrText, endPort: number });
/** Empty `from`/`to` allows every peer; an absent rule list of a type that applies allows nobody. */
export const networkPolicy = section({
  kind: { read: () => 'NetworkPolicy' } as Shape<'NetworkPolicy'>,
  metadata: changeMetadata,
  spec: section({
    podSelector: section({ matchLabels: textMap, matchExpressions: list(section({ key: text, operator: text, values: textList })) }),
    policyTypes: textList,
    ingress: list(section({ from: list(peer), ports: list(policyPort) })),
    egress: list(section({ to: list(peer), ports: list(policyPort) })),
  }),
});
export type NetworkPolicy = Shaped<typeof networkPolicy>;

const parentStatus = section({ parentRef: section({ name: text, namespace: text }), conditions: list(condition) });
const reference = section({ kind: text, name: text, namespace: text, port: number });
/** Gateway API: HTTPRoute, GRPCRoute, TCPRoute, TLSRoute. */
export const route = section({
  kind: { read: (raw: unknown) => text.read(raw) ?? 'HTTPRoute' } as Shape<string>,
  metadata: changeMetadata,
  spec: section({ parentRefs: list(reference), hostnames: textList, rules: list(section({ backendRefs: list(reference) })) }),
  status: section({ parents: list(parentStatus) }),
});
export type Route = Shaped<typeof route>;

export const gateway = section({
  kind: { read: () => 'Gateway' } as Shape<'Gateway'>,
  metadata: changeMetadata,
  spec: section({
    gatewayClassName: text,
    listeners: list(section({ name: text, port: number, protocol: text, tls: maybe({ certificateRefs: list(reference) }) })),
  }),
  status: section({ conditions: list(condition), listeners: list(section({ name: text, conditions: list(condition) })) }),
});
export type Gateway = Shaped<typeof gateway>;

export const gatewayClass = section({
  kind: { read: () => 'GatewayClass' } as Shape<'GatewayClass'>,
  metadata,
  spec: section({ controllerName: text }),
  status: section({ conditions: list(condition) }),
});
export type GatewayClass = Shaped<typeof gatewayClass>;

/** Objects of kinds that Stanch has no shape for. */
export const otherObject = section({
  kind: { read: (raw: unknown) => text.read(raw) ?? 'Unknown' } as Shape<string>,
  apiVersion: text,
  metadata,
  spec: anything,
  status: anything,
});
export type OtherObject = Shaped<typeof otherObject>;
