import type { Question } from '../../src/domain/alert.ts';
import type { EvidenceKind, Readings, Snapshot } from '../../src/domain/evidence.ts';
import { isRecord } from '../../src/domain/shape.ts';
import { addUnrelatedTrouble } from '../gates/unrelated-trouble.ts';
import type { Expectation } from './expectation.ts';

/** A recorded case that a program may alter. */
export interface Case {
  readonly snapshot: Snapshot;
  readonly question: Question;
  readonly expectation: Expectation;
}

export type PerturbationKind = 'other names' | 'other numbers' | 'noise' | 'missing evidence';

/** How a reading says that a variation lacks it. */
export const takenAway = 'taken away for the evaluation';

const kinds: readonly PerturbationKind[] = ['other names', 'other numbers', 'noise', 'missing evidence'];

/** The number-th variation of a case: the four kinds in turn. Undefined: this kind has nothing to alter here. */
export function perturb(of: Case, number: number): { readonly kind: PerturbationKind; readonly altered: Case } | undefined {
  const kind = kinds[number % kinds.length] ?? 'noise';
  const altered = alter(of, kind, Math.floor(number / kinds.length));
  return altered === undefined ? undefined : { kind, altered };
}

function alter(of: Case, kind: PerturbationKind, round: number): Case | undefined {
  switch (kind) {
    case 'other names':
      return withOtherNames(of, round);
    case 'other numbers':
      return withMoreReplicas(of, round + 1);
    case 'noise':
      return round > 0 || isAskedAboutAll(of) ? undefined : { ...of, snapshot: addUnrelatedTrouble(of.snapshot) };
    case 'missing evidence':
      return withoutOneKind(of, round);
  }
}

/** The noise is trouble of somebody: a healthy cluster that was asked about as a whole is rightly no longer called so. */
function isAskedAboutAll({ question, expectation }: Case): boolean {
  const { alert, alertExpression, namespace } = question;
  // A page such as Watchdog names nobody, and so asks about all as well.
  const namesSomebody = namespace !== undefined || alertExpression !== undefined || alert?.labels['namespace'] !== undefined;
  return expectation.outcome === 'healthy' && !namesSomebody;
}

/** Names that Kubernetes or everybody uses mean something and stay. */
const meaningful = /^(kube-|default$|local-path|coredns$|kubernetes$|system)/;
/** Shorter ones are words of other texts as well. */
const shortestName = 5;

/** Whoever was called so is called otherwise, everywhere: in fields, labels, messages, logs, the page and the expectation. */
function withOtherNames(of: Case, round: number): Case {
  const names = ['namespaces', 'nodes', 'deployments', 'statefulsets', 'services'].flatMap((kind) =>
    objectsOf(of.snapshot, kind).flatMap(({ metadata }) =>
      meaningful.test(metadata.namespace ?? '') || meaningful.test(metadata.name) ? [] : [metadata.name],
    ),
  );
  const longestFirst = [...new Set(names)]
    .filter((name) => name.length >= shortestName)
    .toSorted((one, other) => other.length - one.length);
  if (longestFirst.length === 0) return of;
  const spoken = longestFirst.map((name) => name.replace(/[.]/g, '\\.')).join('|');
  const pattern = new RegExp(`(?<![a-z0-9])(?:${spoken})(?![a-z0-9])`, 'g');
  return mapStrings(of, (text) => text.replace(pattern, (name) => `q${round}z${longestFirst.indexOf(name)}x`)) as Case;
}

/** Every pod outside of the system's namespaces gets twins on its node, with its logs; the workloads count them. */
function withMoreReplicas(of: Case, twins: number): Case | undefined {
  const { readings } = of.snapshot;
  if (readings.pods?.state !== 'read' || of.expectation.roots.some((root) => root.subject?.kind === 'Pod')) return undefined;
  const isTheirs = (namespace: string | undefined): boolean => !meaningful.test(namespace ?? '');
  const copies = Array.from({ length: twins }, (_twin, index) => `-t${index}`);
  const pods = readings.pods.value;
  const more = pods.flatMap((pod) =>
    isTheirs(pod.metadata.namespace) && pod.metadata.ownerReferences.some((owner) => owner.kind === 'ReplicaSet')
      ? copies.map((end) => ({
          ...pod,
          metadata: { ...pod.metadata, name: pod.metadata.name + end, uid: `${pod.metadata.uid}${end}` },
        }))
      : [],
  );
  if (more.length === 0) return undefined;
  const changed: { [kind: string]: unknown } = { ...readings, pods: { ...readings.pods, value: [...pods, ...more] } };
  const logs = readings['container-logs'];
  if (logs?.state === 'read') {
    const ofTwins = logs.value.flatMap((log) =>
      copies.map((end) => ({ ...log, pod: log.pod + end })).filter((copy) => more.some((pod) => pod.metadata.name === copy.pod)),
    );
    changed['container-logs'] = { ...logs, value: [...logs.value, ...ofTwins] };
  }
  for (const kind of ['deployments', 'replicasets'] as const) {
    const reading = readings[kind];
    if (reading?.state !== 'read') continue;
    const value = reading.value.map((each) => (isTheirs(each.metadata.namespace) ? multiplied(each, twins + 1) : each));
    changed[kind] = { ...reading, value };
  }
  return { ...of, snapshot: { ...of.snapshot, readings: changed as Readings } };
}

function multiplied(of: object, factor: number): unknown {
  const times = (part: unknown): unknown =>
    isRecord(part)
      ? Object.fromEntries(
          Object.entries(part).map(([key, value]) => [key, /replicas$/i.test(key) && typeof value === 'number' ? value * factor : value]),
        )
      : part;
  return { ...of, ...('spec' in of ? { spec: times(of.spec) } : {}), ...('status' in of ? { status: times(of.status) } : {}) };
}

/** One kind that was read is not there. Without it nobody can be called healthy, so healthy cases are left alone. */
function withoutOneKind(of: Case, round: number): Case | undefined {
  if (of.expectation.outcome !== 'explained') return undefined;
  const read = (Object.keys(of.snapshot.readings) as EvidenceKind[])
    .filter((kind) => {
      const reading = of.snapshot.readings[kind];
      return kind !== 'pods' && reading?.state === 'read' && (reading.value as readonly unknown[]).length > 0;
    })
    .toSorted();
  // A stride that shares no factor with the usual counts of kinds, so that rounds and cases take different ones.
  const gone = read[(round * 7 + of.snapshot.takenAt) % Math.max(1, read.length)];
  if (gone === undefined) return undefined;
  const readings = { ...of.snapshot.readings, [gone]: { state: 'unreadable', because: 'not-recorded', detail: takenAway } };
  return { ...of, snapshot: { ...of.snapshot, readings: readings as Readings } };
}

function objectsOf(
  snapshot: Snapshot,
  kind: string,
): readonly { readonly metadata: { readonly name: string; readonly namespace?: string | undefined } }[] {
  const reading = snapshot.readings[kind as EvidenceKind];
  return reading?.state === 'read' ? (reading.value as ReturnType<typeof objectsOf>) : [];
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, map));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [keyOf(key, map), mapStrings(each, map)])) : value;
}

/** A key that is one word is a field of the API, although somebody may be called like it; those of labels and data mostly are more. */
function keyOf(key: string, map: (text: string) => string): string {
  return /^[A-Za-z]+$/.test(key) ? key : map(key);
}
