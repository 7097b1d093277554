import { collect, once } from '../domain/collection.ts';
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

/** `judged`: the page after a second look; absent while it was not judged, or where nobody was paged. */
export function factsOf(snapshot: Snapshot, judged?: DerivedFacts['judged-alert']): FactSource {
  const made = new Map<FactKind, () => unknown>();
  const source: FactSource = {
    now: snapshot.takenAt,
    get: <Kind extends FactKind>(kind: Kind) => {
      let make = made.get(kind);
      if (make === undefined) {
        make = once(() =>
          kind === 'judged-alert' ? judged : isDerived(kind) ? derive(kind, source) : evidenceOf(snapshot, kind as EvidenceKind),
        );
        made.set(kind, make);
      }
      return make() as FactOf<Kind> | undefined;
    },
  };
  return source;
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
