import { nightOfTheNode, nightOfTheRevision } from '../../src/domain/example-nights.ts';
import type { GuardRail } from '../../src/domain/guard-rail.ts';

/** FILL IN: the mistake that is easily made at night, and what it would cost. */
export const placeholderName: GuardRail = {
  id: 'placeholder-id',
  title: 'FILL IN: the mistake in a few words',
  explanation: { juniorWould: 'FILL IN', seniorDoes: 'FILL IN', why: 'FILL IN: why it hurts' },

  // Deeds that it has an opinion about. Of all others it knows nothing.
  judges: ['restart-rollout'],
  check({ deed }, situation) {
    // FILL IN: return a warning for this deed in this situation, with what it would cost in its words.
    if (deed.kind === 'restart-rollout' && situation.hypotheses.length === 0) return 'FILL IN: what would happen, and what to do instead';
    return undefined;
  },

  warns: [{ story: 'FILL IN', given: nightOfTheNode, intended: { deed: { kind: 'cordon', node: 'node-3' }, isEvidenceSaved: true } }],
  staysQuiet: [
    { story: 'FILL IN', given: nightOfTheRevision, intended: { deed: { kind: 'cordon', node: 'node-3' }, isEvidenceSaved: true } },
  ],
};
