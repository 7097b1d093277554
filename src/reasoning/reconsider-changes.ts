import { pointerKey } from '../domain/citation.ts';
import type { Change, Hypothesis } from '../domain/reasoned.ts';
import { answerThreshold } from './weights.ts';

/**
 * A change that nobody suspected by time and place becomes one when the answer itself rests on it, for example growth of
 * last week that met an old limit tonight.
 */
export function reconsiderChanges(changes: readonly Change[], hypotheses: readonly Hypothesis[]): readonly Change[] {
  const answers = hypotheses.filter((each) => each.isRoot && each.confidence >= answerThreshold);
  return changes.map((change) => {
    if (change.standing !== 'unrelated') return change;
    const seen = new Set(change.because[0].citing.map((each) => pointerKey(each.of)));
    const prepared = answers
      .flatMap((answer) => answer.finding.contributing ?? [])
      .find((each) => each.citing.some((citation) => seen.has(pointerKey(citation.of))));
    return prepared === undefined ? change : { ...change, standing: 'suspect', because: [...change.because, prepared] };
  });
}
