import { type ResourceName, resources, resourceOfKind } from '../../domain/kubernetes/resources.ts';
import { isRecord } from '../../domain/shape.ts';
import { resourceNamed } from '../../recording-format/evidence-names.ts';
import { type LooseRecord, recordOf } from '../../recording-format/loose-values.ts';

/** Groups that kinds lived in before, or that serve the same objects under a second name. */
const otherGroups: { readonly [Name in ResourceName]?: readonly string[] } = {
  deployments: ['extensions'],
  replicasets: ['extensions'],
  daemonsets: ['extensions'],
  statefulsets: ['extensions'],
  ingresses: ['extensions'],
  networkpolicies: ['extensions'],
  poddisruptionbudgets: ['extensions'],
  events: ['events.k8s.io'],
};

/** The resource that a kind and group mean. Absent: another project's kind, although it may have the same name as one of Kubernetes. */
export function resourceOf(kind: string, apiVersion: unknown): ResourceName | undefined {
  const resource = resourceOfKind(kind);
  if (resource === undefined || typeof apiVersion !== 'string' || apiVersion === '') return resource;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return group === resources[resource].group || otherGroups[resource]?.includes(group) === true ? resource : undefined;
}

/** What the path of a file says about its contents: collectors name files and directories after what they hold. */
export function resourceOfPath(path: string): ResourceName | undefined {
  const steps = path
    .replace(/\.(json|ya?ml)$/i, '')
    .split('/')
    .toReversed();
  for (const step of steps) {
    const resource = resourceNamed(step) ?? resourceOfApiFileName(step);
    if (resource !== undefined) return resource;
    // What stands further up is only where they were put.
    if (foreignResource.test(step)) return undefined;
  }
  return undefined;
}

/** "engines.longhorn.io": another project's objects. */
const foreignResource = /^[a-z]+\.[a-z0-9-]+\.[a-z][a-z0-9.-]*$/;

export function isForeignPath(path: string): boolean {
  return resourceOfPath(path) === undefined && path.split('/').some((step) => foreignResource.test(step.replace(/\.(json|ya?ml)$/i, '')));
}

/** Sonobuoy writes core_v1_pods.json. */
function resourceOfApiFileName(step: string): ResourceName | undefined {
  const [group, version, plural] = step.split('_');
  return group !== undefined && plural !== undefined && /^v\d/.test(version ?? '') ? resourceNamed(plural) : undefined;
}

/** An object of the API with what is known of its kind. */
export interface RawApiObject {
  readonly resource: ResourceName;
  readonly raw: LooseRecord;
}

/** The kind that a list gives to elements that do not name one, as the API server writes them. */
export interface ListKind {
  readonly kind: string;
  readonly apiVersion: unknown;
}

export function listKindOf(value: LooseRecord): ListKind | undefined {
  const kind = value['kind'];
  return typeof kind === 'string' && kind.endsWith('List') && kind !== 'List'
    ? { kind: kind.slice(0, -'List'.length), apiVersion: value['apiVersion'] }
    : undefined;
}

/** The same, from the text of a list before its first element. */
export function listKindWithin(text: string): ListKind | undefined {
  const kind = /(?:^|[\s"',{])kind"?\s*:\s*"?([A-Za-z]+)List\b/.exec(text)?.[1];
  const apiVersion = /(?:^|[\s"',{])apiVersion"?\s*:\s*"?([A-Za-z0-9./-]+)/.exec(text)?.[1];
  return kind === undefined ? undefined : { kind, apiVersion };
}

/** Undefined: no object of the API, or none of a kind that Stanch has a shape for. */
export function apiObjectOf(
  value: unknown,
  told: { readonly list: ListKind | undefined; readonly path: ResourceName | undefined },
): RawApiObject | undefined {
  if (!isRecord(value) || !isRecord(value['metadata']) || typeof value['metadata']['name'] !== 'string') return undefined;
  const kind = value['kind'];
  if (typeof kind === 'string' && kind !== '') {
    const resource = resourceOf(kind, value['apiVersion'] ?? told.list?.apiVersion);
    return resource === undefined ? undefined : { resource, raw: asToldByCore(resource, value) };
  }
  const resource = told.list === undefined ? told.path : resourceOf(told.list.kind, told.list.apiVersion);
  return resource === undefined ? undefined : { resource, raw: asToldByCore(resource, value) };
}

function asToldByCore(resource: ResourceName, value: LooseRecord): LooseRecord {
  if (resource === 'events') return coreEvent(value);
  return resource === 'secrets' || resource === 'configmaps' ? withKeys(value) : value;
}

/** Collectors often leave the contents out altogether; then which keys there are is not known, rather than that there are none. */
function withKeys(value: LooseRecord): LooseRecord {
  const contents = [value['stringData'], value['data'], value['binaryData']].filter(isRecord);
  if (contents.length === 0) return { ...value, data: {}, hasKnownKeys: false };
  return value['stringData'] === undefined ? value : { ...value, data: { ...recordOf(value['stringData']), ...recordOf(value['data']) } };
}

/** events.k8s.io names the fields of an event differently; the same event is read as the core API would give it. */
function coreEvent(value: LooseRecord): LooseRecord {
  if (!isRecord(value['regarding'])) return value;
  return {
    ...value,
    involvedObject: value['regarding'],
    message: value['message'] ?? value['note'],
    reportingComponent: value['reportingComponent'] ?? value['reportingController'],
    firstTimestamp: value['firstTimestamp'] ?? value['deprecatedFirstTimestamp'],
    lastTimestamp: value['lastTimestamp'] ?? value['deprecatedLastTimestamp'],
    count: value['count'] ?? value['deprecatedCount'],
    source: value['source'] ?? value['deprecatedSource'],
  };
}
