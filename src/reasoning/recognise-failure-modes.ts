import type { EvidenceKind } from '../domain/evidence.ts';
import type { FactKind } from '../domain/facts.ts';
import type { AnyFailureMode, FailureMode, Finding } from '../domain/failure-mode.ts';
import type { FactSource } from './fact-source.ts';
import { evidenceBehind } from './facts-of.ts';

export type Recognition =
  | { readonly mode: AnyFailureMode; readonly verdict: 'present'; readonly findings: readonly [Finding, ...Finding[]] }
  | { readonly mode: AnyFailureMode; readonly verdict: 'absent' }
  | { readonly mode: AnyFailureMode; readonly verdict: 'cannot-tell'; readonly missing: readonly EvidenceKind[] };

/** Missing evidence is never read as good news: a rule whose needs cannot be met says "cannot-tell". */
export function recogniseFailureModes(catalogue: readonly AnyFailureMode[], facts: FactSource): readonly Recognition[] {
  return catalogue.map((mode) => recogniseOne(mode, facts));
}

function recogniseOne(mode: AnyFailureMode, facts: FactSource): Recognition {
  const erased = mode as unknown as FailureMode;
  const unmet = erased.needs.filter((kind) => facts.get(kind) === undefined);
  if (unmet.length > 0) return { mode, verdict: 'cannot-tell', missing: missingEvidence(unmet, facts) };
  const [first, ...more] = erased.recognise(factsFor(erased, facts));
  return first === undefined ? { mode, verdict: 'absent' } : { mode, verdict: 'present', findings: [first, ...more] };
}

/** Only what the rule declared, so that an undeclared look is undefined at run time as well as a type error. */
function factsFor(mode: FailureMode, facts: FactSource): Parameters<FailureMode['recognise']>[0] {
  const declared = [...mode.needs, ...mode.helpedBy].map((kind) => [kind, facts.get(kind)] as const);
  return { now: facts.now, ...Object.fromEntries(declared) } as unknown as Parameters<FailureMode['recognise']>[0];
}

function missingEvidence(kinds: readonly FactKind[], facts: FactSource): readonly EvidenceKind[] {
  return [...new Set(kinds.flatMap((kind) => evidenceBehind(kind).needs))].filter((kind) => facts.get(kind) === undefined);
}
