import type { GuardRail } from '../../src/domain/guard-rail.ts';

/** FILL IN: the mistake that is easily made at night, and what it would cost. */
export const placeholderName: GuardRail = {
  id: 'placeholder-id',
  title: 'FILL IN: the mistake in a few words',
  explanation: 'FILL IN: why it hurts, and what to do instead',

  check(change, situation) {
    // FILL IN: return a warning for this change in this situation, with the evidence in its words.
    if (change.kind === 'restart-rollout' && situation.hypotheses.length === 0) return 'FILL IN: what would happen, and what to do instead';
    return undefined;
  },
};
