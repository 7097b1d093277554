import { type Citation, type Claim, citeObject, claim, claimFromAll } from '../../domain/citation.ts';
import { examplePagedRollout, exampleRollout, exampleRolloutLog } from '../../domain/example-rollout.ts';
import type { ContainerLog } from '../../domain/evidence.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { pullReasons } from '../../domain/image-pull.ts';
import { clockTime, type Instant, millisecondsPerHour, millisecondsPerMinute } from '../../domain/instant.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { blamesNobodyElse, faultsOfProgram } from '../../domain/own-fault.ts';
import { type Replica, type Replicas, type Trouble, workloadsWithFailing } from '../../domain/replica.ts';
import { rolloutBeforePage } from '../../domain/rollout-before-page.ts';
import { type AtLeastOne, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { templateDifference } from '../../domain/template-difference.ts';
import { newestHash, type RevisionFacts, revisionsOf, type WorkloadRevision } from '../../domain/workload-revisions.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/**
 * The revision that is being rolled out does not work: all its replicas fail and none of an older one does.
 *
 * What is wrong in it may be visible: an image that does not exist, a missing key, a probe on the wrong port, a limit that is
 * too low, a setting that the program asks for. Then that is the cause, and this finding its context, so those modes name
 * this one in `explains`. It is the last word where nothing more than a crash is known, and against every mode that blames
 * somebody whom the older revision reaches well: hence the dependencies in its own `explains`.
 */
export const badRevision = defineFailureMode({
  id: 'bad-revision',
  title: 'The new revision does not work',
  role: 'cause',
  explanation: {
    whatItIs: 'A rollout brought a template whose replicas fail, while replicas of the template before it are well.',
    howItLooks: 'A rollout that does not end: the replicas of the newest ReplicaSet crash or do not get ready, the older ones serve.',
    whyItHappens: 'A fault in the new version of the program, or a change of its image, settings, probes or resources that does not fit.',
    whatStopsTheBleeding: 'Roll back. The older replicas show that it will help.',
    whatFixesIt: 'Find what differs between the two templates, repair it, and roll out again.',
    howToPreventIt: 'Roll out to few replicas first, let readiness tell the truth, and stop by itself at the first failure.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment',
    'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates',
  ],
  needs: ['replicas'],
  helpedBy: ['replicasets', 'controllerrevisions', 'judged-alert', 'log-clues', 'container-logs'],
  explains: [
    'dependency-refuses-connections',
    'dependency-times-out',
    'dependency-connections-exhausted',
    'dependency-read-only',
    'dependency-rate-limits',
    'dependency-certificate-invalid',
  ],
  mitigations: ['roll-back-workload', 'pause-rollout'],

  recognise(facts) {
    const groups = workloadsWithFailing(facts.replicas)
      .map((members) =>
        members.filter((replica) => replica.revision !== undefined && replica.health !== 'finished' && replica.health !== 'leaving'),
      )
      .filter((members) => members.some((replica) => replica.health === 'failing'));
    const found = groups.flatMap((members) => judge(members, { ...facts, now: facts.now }));
    return found.length > 0 ? found : rolloutBeforePage(facts);
  },

  recognises: [
    {
      story: 'Both replicas of revision 2 crash on different nodes, both of revision 1 serve.',
      given: exampleRollout({ fresh: ['node-1', 'node-2'], old: ['node-1', 'node-2'] }),
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The first new replica crashes beside an old one that serves; no history could be read.',
      given: { pods: exampleRollout({ fresh: ['node-1'], old: ['node-1', 'node-2'] }).pods },
    },
    {
      story: 'Recreated at once: all of the new revision crash since it was made, and nothing older is left.',
      given: exampleRollout({ fresh: ['node-1', 'node-2'], old: [] }),
    },
    {
      story:
        'Recreated, and it panics when it is called: half an hour after the rollout it is Ready now and then, and nothing older is left.',
      given: {
        ...exampleRollout({ fresh: ['node-1'], old: [], workedFor: { startedMinutesAgo: 30, readyMinutesAgo: 3 } }),
        'container-logs': [
          { ...exampleRolloutLog('node1x0', 'panic: runtime error: invalid memory address or nil pointer dereference'), isPrevious: true },
        ],
      },
    },
    {
      story: 'Every replica is Ready and logs errors since the rollout; the page about them came minutes after it.',
      given: {
        ...examplePagedRollout(),
        'container-logs': ['a', 'b'].map((pod) => exampleRolloutLog(pod, 'level=error msg="cannot price the order"')),
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The same half hour after the rollout, and its last words are about its database.',
      given: {
        ...exampleRollout({ fresh: ['node-1'], old: [], workedFor: { startedMinutesAgo: 30, readyMinutesAgo: 3 } }),
        'container-logs': [
          { ...exampleRolloutLog('node1x0', 'panic: dial tcp 10.96.0.7:5432: connect: connection refused'), isPrevious: true },
        ],
      },
    },
    {
      story: 'The page came after a rollout, and the logs of its replicas say that the database refuses connections.',
      given: {
        ...examplePagedRollout(),
        'container-logs': ['a', 'b'].map((pod) =>
          exampleRolloutLog(pod, 'level=error msg="dial tcp 10.96.0.7:5432: connect: connection refused"'),
        ),
      },
    },
    {
      story: 'The rollout was a restart: nothing but an annotation differs.',
      given: examplePagedRollout({ image: 'registry.example/cart:1' }),
    },
    { story: 'The page came first, and somebody rolled out after it.', given: examplePagedRollout({ rolledOutMinutesAgo: 3 }) },
    { story: 'The page is about somebody else.', given: examplePagedRollout({ target: 'checkout' }) },
    {
      story: 'Some replicas of the new revision serve: what separates is something else.',
      given: exampleRollout({ fresh: ['node-1'], old: ['node-2'], freshAndWell: ['node-2'] }),
    },
    {
      story: 'Replicas of the old revision fail as well.',
      given: exampleRollout({ fresh: ['node-1', 'node-2'], old: ['node-2'], isOldFailing: true }),
    },
    {
      story: 'A rollout in progress: the new replica is still starting.',
      given: exampleRollout({ fresh: [], old: ['node-1', 'node-2'], starting: ['node-2'] }),
    },
  ],
});

/** Failures that a template can bring about. Waiting for a node, or on one that is lost, is not among them; init containers are a mode of their own. */
const ownTroubles: ReadonlySet<Trouble['kind']> = new Set(['waiting', 'ended', 'not-ready', 'erring']);
/** Without an older replica to compare with, only a rollout of the last hours is suspected. */
const freshMilliseconds = 2 * millisecondsPerHour;
/** A replica that failed within ten minutes of its creation has never worked. */
const neverWorkedMilliseconds = 10 * millisecondsPerMinute;

function judge(
  members: readonly Replica[],
  facts: RevisionFacts & {
    readonly now: Instant;
    readonly replicas: Replicas;
    readonly 'log-clues': readonly LogClue[] | undefined;
    readonly 'container-logs': readonly ContainerLog[] | undefined;
  },
): readonly Finding[] {
  const [any] = members;
  if (any === undefined) return [];
  const history = revisionsOf(any.workload, facts);
  const newest = newestHash(history, members);
  const fresh = members.filter((replica) => replica.revision === newest);
  const old = members.filter((replica) => replica.revision !== newest);
  const failing = fresh.filter(
    (replica) => replica.health === 'failing' && replica.troubles.some((trouble) => ownTroubles.has(trouble.kind) && !trouble.isInit),
  );
  const [first, ...more] = failing.map(
    (replica): Sighting => ({
      replica,
      citations: [citeObject(replica.pod, `${replica.troubles[0]?.reason ?? 'failing'}; revision ${replica.revision}`)],
    }),
  );
  const isFreshWell = fresh.some((replica) => replica.health === 'healthy');
  const isOldFailing = old.some((replica) => replica.health === 'failing');
  const well = old.filter((replica) => replica.health === 'healthy');
  const isNew = history.length > 1 || old.length > 0;
  if (first === undefined || isFreshWell || isOldFailing || !isNew) return [];
  const current = history.find((revision) => revision.hash === newest);
  const before = history.findLast((revision) =>
    well[0] === undefined ? revision.number < (current?.number ?? 0) : revision.hash === well[0].revision,
  );
  const faults = faultsOfProgram(failing, facts['log-clues']);
  if (well.length === 0 && !(isFresh(current, facts.now) && (faults.length > 0 || hasNeverWorked(failing)))) return [];
  const isAlone = blamesNobodyElse(failing, { logs: facts['container-logs'], clues: facts['log-clues'] });
  return [findingFor([first, ...more], { well, current, before, faults, isAlone, others: facts.replicas.all })];
}

function isFresh(current: WorkloadRevision | undefined, now: Instant): boolean {
  const madeAt = current?.object.metadata.creationTimestamp;
  return madeAt !== undefined && now - madeAt < freshMilliseconds;
}

function hasNeverWorked(failing: readonly Replica[]): boolean {
  return failing.every(
    ({ pod, failingSince }) =>
      pod.metadata.creationTimestamp !== undefined &&
      failingSince !== undefined &&
      failingSince - pod.metadata.creationTimestamp < neverWorkedMilliseconds,
  );
}

function findingFor(
  failing: AtLeastOne<Sighting>,
  seen: {
    readonly well: readonly Replica[];
    readonly current: WorkloadRevision | undefined;
    readonly before: WorkloadRevision | undefined;
    /** Its last words, where they are about a fault of the program itself. */
    readonly faults: readonly Citation[];
    /** Its replicas were listened to, and complain of nobody that they call. */
    readonly isAlone: boolean;
    readonly others: readonly Replica[];
  },
): Finding {
  const { well, current, before } = seen;
  const isNodeInDoubt = isConfounded(failing, seen);
  const called = current === undefined ? `revision ${failing[0].replica.revision}` : `revision ${current.number}`;
  const others = claimFromAll(
    `${countOf(well)} of older revisions ${well.length === 1 ? 'is' : 'are'} healthy.`,
    well.slice(0, 6).map((replica) => citeObject(replica.pod, `Ready; revision ${replica.revision}`)),
  );
  const difference = current === undefined || before === undefined ? undefined : templateDifference(before.template, current.template);
  const hasContent = difference === undefined || difference.some((part) => !part.startsWith('annotations'));
  // With nothing older left to compare with, a change that came just before is the likeliest cause, unless they name another.
  const isLikely = seen.isAlone && difference !== undefined;
  const isCompared = well.length > 0 && !isPulling(failing);
  const weight: Weight =
    !hasContent || isNodeInDoubt ? 'suggestive' : isCompared ? 'strong' : isLikely || well.length > 0 ? 'likely' : 'suggestive';
  const fault = claimFromAll('Their last words are about the program itself, and about nobody that it calls.', seen.faults.slice(0, 4));
  return findingOf(failing, {
    weight,
    because: [
      claimOfAll(`All ${countOf(failing)} of ${called} fail.`, failing),
      ...(others === undefined ? [] : [others]),
      ...(fault === undefined ? [] : [fault]),
      ...differenceClaim(current, before, difference),
    ],
    against: isNodeInDoubt
      ? [claimOfAll('They all stand on one node on which no older replica is, so the node could be it as well.', failing)]
      : [],
    wouldSettle: [
      shellCommand`kubectl -n ${failing[0].replica.workload.namespace} rollout history ${failing[0].replica.workload.kind.toLowerCase()} ${failing[0].replica.workload.name}`,
    ],
  });
}

/** Older replicas have their image since long ago: that they run says nothing about a registry that gives nobody an image today. */
function isPulling(failing: AtLeastOne<Sighting>): boolean {
  return failing.every(({ replica }) => replica.troubles.some(({ kind, reason }) => kind === 'waiting' && pullReasons.has(reason)));
}

/**
 * One node with all failing replicas and none of the healthy ones separates just as well, unless pods of others work on it:
 * a rollout that stopped at its first replica always looks like this. What runs on every node by design, or on the node's
 * own network, shows little of how an application fares there.
 */
function isConfounded(
  failing: readonly Sighting[],
  { well, others }: { readonly well: readonly Replica[]; readonly others: readonly Replica[] },
): boolean {
  const nodes = new Set(failing.map(({ replica }) => replica.pod.spec.nodeName));
  const isAlone = nodes.size === 1 && well.length > 0 && !well.some((replica) => nodes.has(replica.pod.spec.nodeName));
  return (
    isAlone &&
    !others.some(
      ({ health, pod, workload }) =>
        health === 'healthy' && nodes.has(pod.spec.nodeName) && pod.spec.hostNetwork !== true && workload.kind !== 'DaemonSet',
    )
  );
}

function differenceClaim(
  current: WorkloadRevision | undefined,
  before: WorkloadRevision | undefined,
  difference: readonly string[] | undefined,
): readonly Claim[] {
  const madeAt = current?.object.metadata.creationTimestamp;
  if (current === undefined || before === undefined || difference === undefined) return [];
  const what = difference.length === 0 ? 'nothing that Stanch reads' : difference.slice(0, 6).join('; ');
  return [
    claim(
      `Between revision ${before.number} and ${current.number}${madeAt === undefined ? '' : `, made at ${clockTime(madeAt)},`} differs: ${what}.`,
      citeObject(current.object, `revision ${current.number}: ${what}`, madeAt),
      citeObject(before.object, `revision ${before.number}`),
    ),
  ];
}
