import { citeObject, type Claim, claim, claimFromAll } from '../domain/citation.ts';
import { seen } from '../domain/cluster-change.ts';
import { deliveryMarks, nightOfTheRevision } from '../domain/example-nights.ts';
import { type RollingReplica, rollingNight } from '../domain/example-rollouts.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { notReverted } from '../domain/not-reverted.ts';
import type { Precondition } from '../domain/precondition.ts';
import type { Replica } from '../domain/replica.ts';
import { rootBehind } from '../domain/root-behind.ts';
import { subjectKey } from '../domain/subject.ts';
import { newestHash, revisionsOf } from '../domain/workload-revisions.ts';

const old: readonly RollingReplica[] = [
  { name: 'c', hash: 'old', is: 'crashing' },
  { name: 'd', hash: 'old', is: 'crashing' },
];
const paused = { spec: { paused: true } };

/** A rollout was paused and forgotten, and the template that would repair things waits. */
export const resumeRollout = defineMitigation({
  id: 'resume-rollout',
  title: 'Resume the paused rollout',
  explanation: 'Lets the Deployment roll out the template that it holds back. Replicas are replaced at the pace of its strategy.',
  reversibility: 'undoable',
  needs: ['replicas', 'deployments'],
  helpedBy: ['replicasets', 'controllerrevisions'],
  makes: ['pause-rollout', 'resume-rollout'],
  plan({ scope, hypotheses }, facts) {
    const { target } = scope;
    const causes = hypotheses.filter((each) => each.isRoot && each.failureMode === 'rollout-paused');
    const forgotten = causes.map((each) => ({ subject: each.subject, cause: rootBehind(each, hypotheses) }));
    const isTold = target !== undefined && forgotten.some(({ subject }) => subjectKey(subject) === subjectKey(target));
    const held = isTold || target?.kind !== 'Deployment' ? forgotten : [...forgotten, { subject: target, cause: undefined }];
    return held.flatMap(({ subject, cause }) => {
      const deployment = facts.deployments.named(subject.namespace, subject.name);
      const wanted = deployment?.spec.replicas ?? 1;
      const updated = deployment?.status.updatedReplicas ?? 0;
      if (deployment?.spec.paused !== true || updated >= wanted) return [];
      const members = facts.replicas.ofWorkload(subject);
      const newest = newestHash(revisionsOf(subject, facts), members);
      const fresh = updated === 0 ? [] : members.filter((replica) => replica.revision !== undefined && replica.revision === newest);
      return [
        {
          id: 'resume-rollout',
          subject,
          why: claim(
            `It is paused with ${updated} of ${wanted} replicas on its newest template.`,
            citeObject(deployment, `spec.paused: true; status.updatedReplicas: ${updated} of ${wanted}`),
          ),
          preconditions: [pendingWorks(fresh), notReverted(deployment, 'spec.paused')],
          saveFirst: [],
          changes: [{ kind: 'resume-rollout', workload: subject, ...seen(deployment) }] as const,
          undo: [{ kind: 'pause-rollout', workload: subject, ...seen(deployment) }],
          expectation: 'Replicas of the newest template become Ready one after the other, until all are.',
          undoWhen: undefined,
          ...(cause === undefined ? {} : { cause }),
        },
      ];
    });
  },

  fits: [
    {
      story: 'The old replicas fail; the one with the pending template is well, and the rollout is paused.',
      given: rollingNight([...old, { name: 'a', hash: 'new', is: 'well' }], paused),
    },
  ],
  blocks: [
    {
      story: 'The one replica with the pending template crashes.',
      given: rollingNight([...old, { name: 'a', hash: 'new', is: 'crashing' }], paused),
      by: 'pending-template-works',
      holds: 'no',
    },
    {
      story: 'No replica has tried the pending template.',
      given: rollingNight(old, paused),
      by: 'pending-template-works',
      holds: 'cannot-tell',
    },
    {
      story: 'An operator owns the Deployment.',
      given: rollingNight([...old, { name: 'a', hash: 'new', is: 'well' }], { ...paused, metadata: deliveryMarks.operator }),
      by: 'not-reverted',
      holds: 'no',
    },
    {
      story: 'Something owns the object without saying that it manages it.',
      given: rollingNight([...old, { name: 'a', hash: 'new', is: 'well' }], { ...paused, metadata: deliveryMarks.otherOwner }),
      by: 'not-reverted',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [{ story: 'Nothing is paused.', given: nightOfTheRevision }],
});

function pendingWorks(fresh: readonly Replica[]): Precondition {
  const well = fresh.filter((replica) => replica.health === 'healthy');
  const ill = fresh.filter((replica) => replica.health === 'failing');
  const because: readonly (Claim | undefined)[] = [
    claimFromAll(
      `${well.length} replica${well.length === 1 ? '' : 's'} with the pending template are healthy, ${ill.length} fail.`,
      [...ill, ...well].slice(0, 4).map((replica) => citeObject(replica.pod, `${replica.health}; revision ${replica.revision ?? '?'}`)),
    ),
  ];
  return {
    id: 'pending-template-works',
    claim: 'a replica with the pending template is healthy, and none fails',
    holds: ill.length > 0 ? 'no' : well.length > 0 ? 'yes' : 'cannot-tell',
    because: because.filter((each) => each !== undefined),
  };
}
