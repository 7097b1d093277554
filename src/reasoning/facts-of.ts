import { collect } from '../domain/collection.ts';
import type { EvidenceKind, Snapshot } from '../domain/evidence.ts';
import { type DerivedFacts, derivedFrom, type FactKind, type FactOf } from '../domain/facts.ts';
import { type ApiObject, resources } from '../domain/kubernetes/resources.ts';
import { deriveLogClues } from './derive/log-clues.ts';
import { deriveNodeReports } from './derive/node-reports.ts';
import { deriveReplicas } from './derive/replicas.ts';
import { deriveScheduling } from './derive/scheduling.ts';
import { deriveServiceBackends } from './derive/service-backends.ts';
import type { FactSource } from './fact-source.ts';

type Derived = Omit<DerivedFacts, 'judged-alert'>;

const derivations: { readonly [Kind in keyof Derived]: (facts: FactSource) => Derived[Kind] } = {
  replicas: deriveReplicas,
  'log-clues': deriveLogClues,
  'service-backends': deriveServiceBackends,
  'node-reports': deriveNodeReports,
  scheduling: deriveScheduling,
};

/** Facts that remember what they rest on, so that a later look at more evidence need not work them out again. */
export interface KeptFacts extends FactSource {
  readonly snapshot: Snapshot;
  readonly judged: DerivedFacts['judged-alert'] | undefined;
  readonly kept: ReadonlyMap<FactKind, KeptFact>;
}

interface KeptFact {
  readonly value: unknown;
  /** The evidence, and the judgement, that the value was made from. */
  readonly behind: ReadonlySet<FactKind>;
}

export interface FactOptions {
  /** The page after a second look. Absent: it was not judged, or nobody was paged. */
  readonly judged?: DerivedFacts['judged-alert'];
  /** Facts of the same cluster at the same moment: what rests on evidence that did not change is taken over. */
  readonly earlier?: KeptFacts | undefined;
}

export function factsOf(snapshot: Snapshot, { judged, earlier }: FactOptions = {}): KeptFacts {
  const kept = new Map<FactKind, KeptFact>(earlier === undefined ? [] : stillTrue(earlier, snapshot, judged));
  const keep = (kind: FactKind): KeptFact => {
    const behind = new Set<FactKind>(isDerived(kind) ? declaredBehind(kind) : [kind]);
    const noting: FactSource = {
      now: snapshot.takenAt,
      get(asked) {
        const value = source.get(asked);
        for (const each of kept.get(asked)?.behind ?? []) behind.add(each);
        return value;
      },
    };
    const value = kind === 'judged-alert' ? judged : isDerived(kind) ? derive(kind, noting) : evidenceOf(snapshot, kind as EvidenceKind);
    return { value, behind };
  };
  const source: KeptFacts = {
    now: snapshot.takenAt,
    snapshot,
    judged,
    kept,
    get<Kind extends FactKind>(kind: Kind) {
      const known = kept.get(kind) ?? keep(kind);
      kept.set(kind, known);
      return known.value as FactOf<Kind> | undefined;
    },
  };
  return source;
}

function stillTrue(
  earlier: KeptFacts,
  snapshot: Snapshot,
  judged: DerivedFacts['judged-alert'] | undefined,
): readonly (readonly [FactKind, KeptFact])[] {
  if (earlier.now !== snapshot.takenAt) return [];
  const isSame = (kind: FactKind): boolean =>
    kind === 'judged-alert'
      ? earlier.judged === judged
      : earlier.snapshot.readings[kind as EvidenceKind] === snapshot.readings[kind as EvidenceKind];
  return [...earlier.kept].filter(([, { behind }]) => [...behind].every(isSame));
}

/** Also what a derivation may only ask for later, when somebody uses a part of it. */
function declaredBehind(kind: keyof Derived): readonly EvidenceKind[] {
  const all = [derivedFrom[kind], derivedFrom.replicas].flatMap(({ needs, helpedBy }) => [...needs, ...helpedBy]);
  return [...new Set(all)];
}

/** The evidence that a kind of fact comes from: itself, or what it is derived from. */
export function evidenceBehind(kind: FactKind): { readonly needs: readonly EvidenceKind[]; readonly helpedBy: readonly EvidenceKind[] } {
  return kind in derivedFrom ? derivedFrom[kind as keyof DerivedFacts] : { needs: [kind as EvidenceKind], helpedBy: [] };
}

function isDerived(kind: FactKind): kind is keyof Derived {
  return kind in derivations;
}

function derive<Kind extends keyof Derived>(kind: Kind, source: FactSource): Derived[Kind] | undefined {
  const canDerive = derivedFrom[kind].needs.every((need) => source.get(need) !== undefined);
  return canDerive ? derivations[kind](source) : undefined;
}

function evidenceOf(snapshot: Snapshot, kind: EvidenceKind): unknown {
  const reading = snapshot.readings[kind];
  if (reading?.state !== 'read') return undefined;
  return kind in resources ? collect(reading.value as readonly ApiObject[], reading.gaps) : reading.value;
}
