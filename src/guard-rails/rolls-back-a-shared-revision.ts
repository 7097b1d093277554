import { nightOfTheNode, nightOfTheRevision } from '../domain/example-nights.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
import { subjectKey } from '../domain/subject.ts';

const cart = { kind: 'Deployment', namespace: 'shop', name: 'cart' } as const;

/** The deploy just before is the usual suspect; where healthy replicas run it too, it is innocent. */
export const rollsBackASharedRevision: GuardRail = {
  id: 'rolls-back-a-shared-revision',
  title: 'Rolls back a revision that healthy replicas share',
  explanation: {
    juniorWould: 'Roll back the latest deploy because it came just before.',
    seniorDoes: 'Looks whether healthy replicas run the same revision, and follows what really separates them.',
    why: 'A rollback costs minutes, replaces the healthy replicas too, and changes nothing where the node is at fault.',
  },
  judges: ['roll-back'],
  check({ deed: change }, { scope, blastRadius }) {
    if (change.kind !== 'roll-back' || scope.target === undefined || subjectKey(change.workload) !== subjectKey(scope.target))
      return undefined;
    const failing = new Set(scope.failing.map((replica) => replica.revision));
    const sharing = scope.healthy.filter((replica) => replica.revision !== undefined && failing.has(replica.revision));
    if (sharing.length === 0) return undefined;
    const instead =
      blastRadius.leading === undefined ? '' : ` What separates them is the ${blastRadius.leading.axis}, ${blastRadius.leading.value}.`;
    return `${sharing.length} healthy replicas run the revision that would be rolled back.${instead}`;
  },
  warns: [
    {
      story: 'All replicas run the new revision, and only those on one node fail.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'roll-back', workload: cart, toRevision: 1 }, isEvidenceSaved: true },
    },
  ],
  staysQuiet: [
    {
      story: 'Only replicas of the new revision fail.',
      given: nightOfTheRevision,
      intended: { deed: { kind: 'roll-back', workload: cart, toRevision: 1 }, isEvidenceSaved: true },
    },
  ],
};
