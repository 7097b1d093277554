import { nightOfTheNode, nightOfTheRevision } from '../domain/example-nights.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
import type { Replica } from '../domain/replica.ts';
import { subjectKey } from '../domain/subject.ts';

const cart = { kind: 'Deployment', namespace: 'shop', name: 'cart' } as const;

/** The kubelet restarts crashing containers already; doing it by hand only adds churn. */
export const restartsWhatWillCrashAgain: GuardRail = {
  id: 'restarts-what-will-crash-again',
  title: 'Restarts what will crash again',
  explanation: {
    juniorWould: 'Restart the deployment and hope.',
    seniorDoes: 'Changes what separates failing from healthy first: the node, the revision, the load.',
    why: 'The same template in the same place crashes the same way, and a rolling restart takes healthy replicas down on the way.',
  },
  judges: ['restart-rollout', 'delete-pod'],
  check({ deed }, { scope, blastRadius, replicas }) {
    if (deed.kind === 'delete-pod') {
      const replica = replicas?.ofPod(deed.namespace, deed.pod);
      // Elsewhere it may start well; in the same place with the same template it will not.
      if (replica === undefined || !isCrashing(replica) || blastRadius.leading?.axis === 'node') return undefined;
      return `${deed.pod} crashes at every start; its replacement has the same template and nothing else that is better, so it will crash as well.`;
    }
    if (deed.kind !== 'restart-rollout' || scope.target === undefined || subjectKey(deed.workload) !== subjectKey(scope.target))
      return undefined;
    const looping = scope.failing.filter(isCrashing);
    return looping.length === 0
      ? undefined
      : `${looping.length} replicas crash at every start; a restart starts them the same way again and takes ${scope.healthy.length} healthy ones with it.`;
  },
  warns: [
    {
      story: 'Two replicas are in a crash loop.',
      given: nightOfTheRevision,
      intended: { deed: { kind: 'restart-rollout', workload: cart }, isEvidenceSaved: true },
    },
    {
      story: 'A pod of the bad revision is deleted by hand.',
      given: nightOfTheRevision,
      intended: { deed: { kind: 'delete-pod', namespace: 'shop', pod: 'cart-new-a' }, isEvidenceSaved: true },
    },
  ],
  staysQuiet: [
    {
      story: 'The pod is deleted because its node is at fault: elsewhere it starts well.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'delete-pod', namespace: 'shop', pod: 'cart-new-a' }, isEvidenceSaved: true },
    },
    {
      story: 'Another workload is restarted.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'restart-rollout', workload: { ...cart, name: 'mail' } }, isEvidenceSaved: true },
    },
  ],
};

function isCrashing({ troubles }: Replica): boolean {
  return troubles.some((trouble) => trouble.kind === 'waiting' || trouble.kind === 'ended');
}
