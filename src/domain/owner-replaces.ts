import { citeObject, claimFromAll } from './citation.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { Precondition } from './precondition.ts';

/** Kinds that start another pod as soon as one of theirs is gone. Those of other groups may or may not. */
const replacing: ReadonlySet<string> = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController']);

/** The kind that manages the pod. Absent: nobody does. */
export function managingKind(pod: Pod): string | undefined {
  return pod.metadata.ownerReferences.find((owner) => owner.controller === true)?.kind;
}

/** Whether something starts each pod again. A bare pod that is gone stays gone; a mirror pod of a node comes back where it was. */
export function ownersReplace(leaving: readonly Pod[]): Precondition {
  const kinds = leaving.map((pod) => ({ pod, kind: managingKind(pod) }));
  const bare = kinds.filter(({ kind }) => kind === undefined || kind === 'Node');
  const foreign = kinds.filter(({ kind }) => kind !== undefined && kind !== 'Node' && !replacing.has(kind));
  const holds = bare.length > 0 ? 'no' : foreign.length > 0 ? 'cannot-tell' : 'yes';
  const shown = bare.length > 0 ? bare : foreign.length > 0 ? foreign : kinds;
  const cited = claimFromAll(
    holds === 'yes' ? 'Each has an owner that starts another.' : spokenDoubt(shown),
    shown.slice(0, 4).map(({ pod, kind }) => citeObject(pod, `metadata.ownerReferences: ${kind ?? 'none'}`)),
  );
  return { id: 'owner-replaces', claim: 'every replica has an owner that replaces it', holds, because: cited === undefined ? [] : [cited] };
}

function spokenDoubt(shown: readonly { readonly pod: Pod; readonly kind: string | undefined }[]): string {
  const names = shown.map(({ pod }) => pod.metadata.name).join(', ');
  const kind = shown[0]?.kind;
  if (kind === 'Node') return `The kubelet itself runs ${names} from a file; it comes back where it is.`;
  return kind === undefined ? `Nothing would start ${names} again.` : `Whether a ${kind} starts ${names} again is not known.`;
}
