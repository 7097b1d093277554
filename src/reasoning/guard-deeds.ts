import type { GuardedSituation, GuardRail, Intention } from '../domain/guard-rail.ts';
import type { MitigationPlan } from '../domain/mitigation.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import type { Assessment } from './assess.ts';

export interface Warning {
  readonly guardRail: GuardRail;
  readonly says: string;
}

export function guardedSituation(
  { scope, radius, changes, facts }: Assessment,
  known: { readonly hypotheses: readonly Hypothesis[]; readonly plans: readonly MitigationPlan[] },
): GuardedSituation {
  const lists = { replicas: facts.get('replicas'), pods: facts.get('pods'), nodes: facts.get('nodes') };
  return { scope, blastRadius: radius, changes, ...known, ...lists };
}

/** What the guard rails that judge such a deed have against it. */
export function warningsAbout(guardRails: readonly GuardRail[], intended: Intention, situation: GuardedSituation): readonly Warning[] {
  return guardRails
    .filter((guardRail) => guardRail.judges.includes(intended.deed.kind))
    .flatMap((guardRail) => {
      const says = guardRail.check(intended, situation);
      return says === undefined ? [] : [{ guardRail, says }];
    });
}
