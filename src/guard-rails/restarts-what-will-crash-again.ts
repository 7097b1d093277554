import { nightOfTheNode, nightOfTheRevision } from '../domain/example-nights.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
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
  check({ change }, { scope }) {
    if (change.kind !== 'restart-rollout' || scope.target === undefined || subjectKey(change.workload) !== subjectKey(scope.target))
      return undefined;
    const looping = scope.failing.filter((replica) =>
      replica.troubles.some((trouble) => trouble.kind === 'waiting' || trouble.kind === 'ended'),
    );
    return looping.length === 0
      ? undefined
      : `${looping.length} replicas crash at every start; a restart starts them the same way again and takes ${scope.healthy.length} healthy ones with it.`;
  },
  warns: [
    {
      story: 'Two replicas are in a crash loop.',
      given: nightOfTheRevision,
      intended: { change: { kind: 'restart-rollout', workload: cart }, isEvidenceSaved: true },
    },
  ],
  staysQuiet: [
    {
      story: 'Another workload is restarted.',
      given: nightOfTheNode,
      intended: { change: { kind: 'restart-rollout', workload: { ...cart, name: 'mail' } }, isEvidenceSaved: true },
    },
  ],
};
