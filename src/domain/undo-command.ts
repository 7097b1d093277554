import { changedSubject, type ClusterChange } from './cluster-change.ts';
import { commandToChange } from './kubectl-commands.ts';
import type { MitigationPlan } from './mitigation.ts';
import { subjectKey } from './subject.ts';

/** What a human types to put the change back, as the plan worked it out for the same object. Undefined: there is nothing to put back. */
export function commandToPutBack({ undo }: Pick<MitigationPlan, 'undo'>, change: ClusterChange): string | undefined {
  const key = subjectKey(changedSubject(change));
  const inverse = undo.find((each) => subjectKey(changedSubject(each)) === key);
  return inverse === undefined ? undefined : commandToChange(inverse);
}
