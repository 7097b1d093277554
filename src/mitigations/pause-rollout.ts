import { citeObject, claimFromAll } from '../domain/citation.ts';
import { seen } from '../domain/cluster-change.ts';
import { enoughStay } from '../domain/enough-stay.ts';
import { deliveryMarks, nightOfTheNode } from '../domain/example-nights.ts';
import { rollingNight } from '../domain/example-rollouts.ts';
import type { Deployment } from '../domain/kubernetes/workload.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { notReverted } from '../domain/not-reverted.ts';
import { newestHash, revisionsOf } from '../domain/workload-revisions.ts';

const bad = [
  { name: 'a', hash: 'new', is: 'crashing' },
  { name: 'b', hash: 'new', is: 'crashing' },
] as const;
const good = [
  { name: 'c', hash: 'old', is: 'well' },
  { name: 'd', hash: 'old', is: 'well' },
] as const;

/** A bad rollout is still going on: keep it from replacing more of what works, while somebody decides. */
export const pauseRollout = defineMitigation({
  id: 'pause-rollout',
  title: 'Pause the rollout',
  explanation:
    'Stops the Deployment from replacing any more replicas of the older revision. It heals nothing by itself: what fails already goes on failing, until the rollout is taken back or repaired.',
  reversibility: 'undoable',
  needs: ['replicas', 'deployments'],
  helpedBy: ['replicasets', 'controllerrevisions'],
  makes: ['pause-rollout', 'resume-rollout'],
  plan({ scope }, facts) {
    const { target } = scope;
    const deployment = target?.kind === 'Deployment' ? facts.deployments.named(target.namespace, target.name) : undefined;
    if (target === undefined || deployment === undefined || deployment.spec.paused === true || !isGoingOn(deployment)) return [];
    const members = facts.replicas.ofWorkload(target).filter(({ health }) => health !== 'finished' && health !== 'leaving');
    const newest = newestHash(revisionsOf(target, facts), members);
    const fresh = members.filter((replica) => replica.revision === newest);
    const old = members.filter((replica) => replica.revision !== newest && replica.revision !== undefined);
    const failing = fresh.filter((replica) => replica.health === 'failing');
    if (old.length === 0 || failing.length === 0 || fresh.some((replica) => replica.health === 'healthy')) return [];
    const why = claimFromAll(
      `All that fail are of the revision that is being rolled out, and ${old.length} of older ones ${old.length === 1 ? 'is' : 'are'} still to be replaced.`,
      [
        citeObject(deployment, `status.updatedReplicas: ${deployment.status.updatedReplicas ?? '?'} of ${deployment.spec.replicas ?? 1}`),
        ...failing.slice(0, 3).map(({ pod }) => citeObject(pod, `failing; revision ${newest ?? '?'}`)),
      ],
    );
    if (why === undefined) return [];
    return [
      {
        id: 'pause-rollout',
        subject: target,
        why,
        preconditions: [enoughStay({ members: old, leaving: [], wanted: undefined, floor: 'one' }), notReverted(deployment, 'spec.paused')],
        saveFirst: [],
        changes: [{ kind: 'pause-rollout', workload: target, ...seen(deployment) }],
        undo: [{ kind: 'resume-rollout', workload: target, ...seen(deployment) }],
        expectation: 'No further replica of the older revision goes away. The failing ones stay as they are.',
        undoWhen: 'the pending template is repaired or taken back.',
      },
    ];
  },

  fits: [{ story: 'Half-way through a rollout, both new replicas crash and both old ones serve.', given: rollingNight([...bad, ...good]) }],
  blocks: [
    {
      story: 'The old ones fail as well: there is nothing left to protect.',
      given: rollingNight([...bad, { name: 'c', hash: 'old', is: 'crashing' }]),
      by: 'enough-stay',
      holds: 'no',
    },
    {
      story: 'The old ones have only just started.',
      given: rollingNight([...bad, { name: 'c', hash: 'old', is: 'starting' }]),
      by: 'enough-stay',
      holds: 'cannot-tell',
    },
    {
      story: 'An operator owns the Deployment.',
      given: rollingNight([...bad, ...good], { metadata: deliveryMarks.operator }),
      by: 'not-reverted',
      holds: 'no',
    },
    {
      story: 'Something owns the object without saying that it manages it.',
      given: rollingNight([...bad, ...good], { metadata: deliveryMarks.otherOwner }),
      by: 'not-reverted',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [
    { story: 'Nothing is being rolled out.', given: nightOfTheNode },
    { story: 'It is paused already.', given: rollingNight([...bad, ...good], { spec: { paused: true } }) },
    {
      story: 'The first new replica is well: it is not the revision.',
      given: rollingNight([...bad, { name: 'e', hash: 'new', is: 'well' }, ...good]),
    },
  ],
});

function isGoingOn({ spec, status }: Deployment): boolean {
  const { updatedReplicas = 0, replicas = 0 } = status;
  return updatedReplicas < (spec.replicas ?? 1) || replicas > updatedReplicas;
}
