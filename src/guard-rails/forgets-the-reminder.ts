import { nightOfTheNode } from '../domain/example-nights.ts';
import type { GuardRail } from '../domain/guard-rail.ts';

/** What is not written down at night is forgotten by the stand-up. */
export const forgetsTheReminder: GuardRail = {
  id: 'forgets-the-reminder',
  title: 'Forgets the reminder',
  explanation: {
    juniorWould: 'Close the incident when the alert is quiet and go back to bed.',
    seniorDoes: 'Writes down what was found and what is still open, and sets a reminder for the morning before closing.',
    why: 'The mitigation is not the repair: a cordon that nobody remembers is missed weeks later, and the same page comes again.',
  },
  judges: ['close-incident'],
  check({ deed }, { scope, plans, hypotheses }) {
    if (deed.kind !== 'close-incident' || deed.hasReminder) return undefined;
    const hasFound = deed.hasFound || scope.failing.length > 0 || plans.length > 0 || hypotheses.some((each) => each.isRoot);
    return hasFound
      ? 'Nothing reminds anybody of the cause and of what is still open. Set a reminder for the morning, then close.'
      : undefined;
  },
  warns: [
    {
      story: 'The incident is closed, and nothing was written down.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'close-incident', hasReminder: false, hasFound: false }, isEvidenceSaved: true },
    },
    {
      story: 'Nothing fails any more, and what did is not written down.',
      given: { ...nightOfTheNode, pods: (nightOfTheNode.pods ?? []).slice(2) },
      intended: { deed: { kind: 'close-incident', hasReminder: false, hasFound: true }, isEvidenceSaved: true },
    },
  ],
  staysQuiet: [
    {
      story: 'A reminder is set.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'close-incident', hasReminder: true, hasFound: true }, isEvidenceSaved: true },
    },
    {
      story: 'It was a false alarm: nothing failed.',
      given: { ...nightOfTheNode, pods: (nightOfTheNode.pods ?? []).slice(2) },
      intended: { deed: { kind: 'close-incident', hasReminder: false, hasFound: false }, isEvidenceSaved: true },
    },
  ],
};
