import { changedSubject } from '../../domain/cluster-change.ts';
import { spokenSubject } from '../../domain/subject.ts';
import type { Actuator } from '../../ports/actuator.ts';

const sentence = 'A recording cannot be changed';

/** For recordings: says no to everything, in the words that a rehearsal of an incident needs. */
export function rehearsalActuator(): Actuator {
  const refusal = Promise.resolve({ state: 'refused', detail: `${sentence}.` } as const);
  return {
    name: 'rehearsal',
    prepare: (change) =>
      Promise.resolve({
        state: 'refused',
        because: `${sentence}; on a live cluster this would be worked out now: ${change.kind} of ${spokenSubject(changedSubject(change))}.`,
      }),
    rehearse: () => refusal,
    apply: () => refusal,
    look: () => Promise.resolve({ state: 'unreadable', detail: `${sentence}, and shows nothing of what became of a change.` }),
    close: () => Promise.resolve(),
  };
}
