import type { Citation } from './citation.ts';
import { lastEnd } from './container-evidence.ts';
import type { ContainerLog } from './evidence.ts';
import type { ClueKind, LogClue } from './log-clue.ts';
import type { Replica } from './replica.ts';

/** What a program says of its own code, or of what its code expects to find, and of nobody and nothing that it was given. */
const faultsOfTheProgram: ReadonlySet<ClueKind> = new Set(['panic', 'schema-mismatch']);

/** What a program says of itself or of what it was given, and not of anybody that it calls. */
export const ownFaults: ReadonlySet<ClueKind> = new Set([
  'missing-file',
  'missing-module',
  'missing-setting',
  'invalid-setting',
  'invalid-value',
  'panic',
  'schema-mismatch',
  'permission-denied',
  'port-not-permitted',
]);

/**
 * The last words of these replicas, where they speak of a fault of the program and of nothing else. Empty: some replica
 * names another reason, or none of them says anything.
 */
export function faultsOfProgram(replicas: readonly Replica[], clues: readonly LogClue[] | undefined): readonly Citation[] {
  const last = (clues ?? []).filter((clue) => clue.isNearEnd && replicas.includes(clue.replica));
  if (last.some(({ kind }) => !faultsOfTheProgram.has(kind))) return [];
  return last.filter((clue, index) => last.findIndex((each) => each.replica === clue.replica) === index).map(({ citation }) => citation);
}

/** The runtime could not start it, so that there is no log, and nobody whom it could have called. */
function wasNeverStarted({ pod }: Replica): boolean {
  return pod.status.containerStatuses.some((status) => {
    const reason = lastEnd(status)?.reason;
    return reason === 'StartError' || reason === 'ContainerCannotRun';
  });
}

/** Most of these replicas were listened to, and none of them complains of anybody that it calls. */
export function blamesNobodyElse(
  replicas: readonly Replica[],
  heard: { readonly logs: readonly ContainerLog[] | undefined; readonly clues: readonly LogClue[] | undefined },
): boolean {
  // What one node cannot start may be the node's fault: drivers and hooks of its runtime speak in the same place.
  const isOfSeveralNodes = new Set(replicas.map(({ pod }) => pod.spec.nodeName)).size > 1;
  const listened = replicas.filter(
    (replica) =>
      (isOfSeveralNodes && wasNeverStarted(replica)) ||
      (heard.logs ?? []).some(
        ({ namespace, pod, lines }) =>
          namespace === replica.pod.metadata.namespace && pod === replica.pod.metadata.name && lines.length > 0,
      ),
  );
  return (
    listened.length * 2 > replicas.length &&
    !(heard.clues ?? []).some(({ replica, kind }) => replicas.includes(replica) && !ownFaults.has(kind))
  );
}
