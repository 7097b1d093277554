import type { AlertJudgement, Question } from '../domain/alert.ts';
import type { Snapshot } from '../domain/evidence.ts';
import type { BlastRadius, Change, Onset, Scope } from '../domain/reasoned.ts';
import { buildChangeTimeline } from './build-change-timeline.ts';
import { factsOf, type KeptFacts } from './facts-of.ts';
import { findOnset } from './find-onset.ts';
import { findScope } from './find-scope.ts';
import { mapBlastRadius } from './map-blast-radius.ts';
import { verifyAlert } from './verify-alert.ts';

/** What is known before anybody asks why: is it real, who fails, what separates them, since when, what changed. */
export interface Assessment {
  readonly question: Question;
  readonly snapshot: Snapshot;
  readonly facts: KeptFacts;
  readonly judgement: AlertJudgement;
  readonly scope: Scope;
  readonly onset: Onset | undefined;
  readonly radius: BlastRadius;
  readonly changes: readonly Change[];
}

/** `earlier`: the same question with less evidence. What it worked out and still holds is taken over. */
export function assess(question: Question, snapshot: Snapshot, earlier?: Assessment): Assessment {
  const plain = factsOf(snapshot, { earlier: earlier?.facts });
  const scope = findScope(question, plain);
  const judgement = verifyAlert(question, plain, scope);
  const facts =
    question.alert === undefined
      ? plain
      : factsOf(snapshot, { judged: { alert: question.alert, judgement, target: scope.target }, earlier: plain });
  const onset = findOnset(question, facts, scope.failing);
  const radius = mapBlastRadius(scope, facts);
  const changes = buildChangeTimeline(question, facts, { scope, radius, onset });
  return { question, snapshot, facts, judgement, scope, onset, radius, changes };
}
