import { nightOfTheNode } from '../domain/example-nights.ts';
import { exampleNode } from '../domain/example-objects.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
import { isBlocked } from '../domain/mitigation.ts';
import { spokenSubject } from '../domain/subject.ts';

const pod = { kind: 'Pod', namespace: 'shop', name: 'cart-new-a' } as const;

/** The cause is interesting, and it can wait. Users cannot. */
export const debugsBeforeMitigating: GuardRail = {
  id: 'debugs-before-mitigating',
  title: 'Debugs before mitigating while users suffer',
  explanation: {
    juniorWould: 'Open a shell in the failing pod and look for the cause.',
    seniorDoes: 'Stops the bleeding with what is known, saves the evidence on the way, and looks for the cause afterwards.',
    why: 'Where the trouble is can be told within a minute, why it is there may take hours, and users suffer for all of them.',
  },
  judges: ['look-inside'],
  check({ deed }, { scope, plans }) {
    // Printing a log takes seconds, and is how evidence is saved.
    if (deed.kind !== 'look-inside' || deed.how === 'read-log' || scope.failing.length === 0) return undefined;
    const ready = plans.find((plan) => !isBlocked(plan));
    if (ready === undefined) return undefined;
    const many = scope.failing.length === 1 ? '1 replica fails' : `${scope.failing.length} replicas fail`;
    return `${many} right now, and there is a plan that may run: ${ready.id} of ${spokenSubject(ready.subject)}. Run it first (stanch mitigate), then look.`;
  },
  warns: [
    {
      story: 'A shell is opened in a failing pod, and a cordon would stop the bleeding.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'look-inside', how: 'run-command', subject: pod }, isEvidenceSaved: false },
    },
  ],
  staysQuiet: [
    {
      story: 'The log is printed, to keep it.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'look-inside', how: 'read-log', subject: pod }, isEvidenceSaved: false },
    },
    {
      story: 'Nothing may be done yet: looking is all there is.',
      given: { ...nightOfTheNode, nodes: [exampleNode({ name: 'node-3' })] },
      intended: { deed: { kind: 'look-inside', how: 'run-command', subject: pod }, isEvidenceSaved: false },
    },
    {
      story: 'Nobody suffers.',
      given: { ...nightOfTheNode, pods: (nightOfTheNode.pods ?? []).slice(2) },
      intended: { deed: { kind: 'look-inside', how: 'run-command', subject: { ...pod, name: 'cart-new-c' } }, isEvidenceSaved: false },
    },
  ],
};
