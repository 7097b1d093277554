import type { EvidenceKind } from '../domain/evidence.ts';
import { type ResourceName, resourceNames, resources } from '../domain/kubernetes/resources.ts';

/** Evidence that is no API object. */
export const partNames = [
  'container-logs',
  'metrics',
  'alert-history',
  'scrape-targets',
  'node-commands',
  'connectivity-probes',
  'service-calls',
] as const satisfies readonly EvidenceKind[];

export function isResourceName(name: string): name is ResourceName {
  return Object.hasOwn(resources, name);
}

/**
 * The kind of evidence that a name means: plural, singular, kind, kubectl's short name, with or without its group, or
 * the directory that a collector keeps it in. Absent: none that Stanch knows.
 */
export function evidenceKindOf(name: string): EvidenceKind | undefined {
  const part = partNames.find((each) => each === name || partSynonyms[each]?.includes(name) === true);
  return part ?? resourceNamed(name);
}

const partSynonyms: { readonly [part: string]: readonly string[] } = {
  'container-logs': ['logs', 'pods/log'],
  'alert-history': ['alerts'],
  'scrape-targets': ['targets'],
  'node-commands': ['node-command'],
  'connectivity-probes': ['probes'],
  'service-calls': ['calls'],
};

/** "deployments.apps" is one of ours; "nodes.longhorn.io" belongs to somebody else although its first word is. */
export function resourceNamed(name: string): ResourceName | undefined {
  const dot = name.indexOf('.');
  if (dot < 0) return byPlainName.get(plain(name));
  const resource = byPlainName.get(plain(name.slice(0, dot)));
  return resource !== undefined && resources[resource].group === name.slice(dot + 1) ? resource : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

const shortNames: { readonly [Name in ResourceName]?: readonly string[] } = {
  pods: ['po'],
  nodes: ['no'],
  events: ['ev'],
  namespaces: ['ns'],
  services: ['svc', 'svcs'],
  endpoints: ['ep'],
  configmaps: ['cm'],
  serviceaccounts: ['sa'],
  persistentvolumeclaims: ['pvc', 'pvcs', 'claims'],
  persistentvolumes: ['pv', 'pvs', 'volumes'],
  resourcequotas: ['quota', 'quotas'],
  limitranges: ['limits'],
  deployments: ['deploy', 'deploys'],
  replicasets: ['rs'],
  statefulsets: ['sts'],
  daemonsets: ['ds'],
  controllerrevisions: ['revisions'],
  cronjobs: ['cj'],
  horizontalpodautoscalers: ['hpa', 'hpas', 'autoscalers'],
  poddisruptionbudgets: ['pdb', 'pdbs'],
  ingresses: ['ing'],
  networkpolicies: ['netpol', 'netpols'],
  storageclasses: ['sc'],
  priorityclasses: ['pc'],
  certificatesigningrequests: ['csr', 'csrs'],
  customresourcedefinitions: ['crd', 'crds'],
  endpointslices: ['eps'],
  gateways: ['gtw'],
  gatewayclasses: ['gc'],
};

const byPlainName: ReadonlyMap<string, ResourceName> = new Map(
  resourceNames.flatMap((name) => {
    const kind = resources[name].kind.toLowerCase();
    return [name, kind, `${kind}list`, `${kind}s`, ...(shortNames[name] ?? [])].map((written) => [written, name] as const);
  }),
);
