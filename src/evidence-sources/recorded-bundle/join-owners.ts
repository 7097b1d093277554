import { type ApiObject, resourceOfKind } from '../../domain/kubernetes/resources.ts';

type Owner = ApiObject['metadata']['ownerReferences'][number];

/** Kinds whose objects are made and kept by what owns them; other references only say what is deleted together. */
const managers: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

/**
 * Objects that people write by hand often leave out uids and the mark of the managing owner. Names say the same within
 * one recording, so they stand in. Undefined: nothing is missing, as in everything that a cluster wrote.
 */
export function joinOwners(object: ApiObject, find: (resource: string, key: string) => ApiObject | undefined): ApiObject | undefined {
  const { metadata, kind } = object;
  const isWhole = metadata.uid !== undefined && metadata.ownerReferences.every(isJoined);
  if (isWhole) return undefined;
  const owners = metadata.ownerReferences.map((owner): Owner => {
    const uid = owner.uid ?? uidOf(owner, metadata.namespace, find);
    const isManager = owner.controller ?? (metadata.ownerReferences.length === 1 && managers.has(owner.kind ?? ''));
    return { ...owner, uid, controller: isManager };
  });
  const uid = metadata.uid ?? nameAsUid(kind, metadata.namespace, metadata.name);
  return { ...object, metadata: { ...metadata, uid, ownerReferences: owners } };
}

function isJoined(owner: Owner): boolean {
  return owner.uid !== undefined && (owner.controller !== undefined || !managers.has(owner.kind ?? ''));
}

function uidOf(
  owner: Owner,
  namespace: string | undefined,
  find: (resource: string, key: string) => ApiObject | undefined,
): string | undefined {
  const resource = resourceOfKind(owner.kind ?? '');
  if (owner.name === undefined || resource === undefined) return undefined;
  const found = find(resource, `${namespace ?? ''}/${owner.name}`) ?? find(resource, `/${owner.name}`);
  return found?.metadata.uid ?? nameAsUid(owner.kind ?? '', found === undefined ? namespace : found.metadata.namespace, owner.name);
}

/** No server gives such a uid, so it cannot be taken for one. */
function nameAsUid(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}
