import type { Citation, Claim } from '../domain/citation.ts';
import { seen } from '../domain/cluster-change.ts';
import { without } from '../domain/example.ts';
import { deliveryMarks, nightOfTheRevision } from '../domain/example-nights.ts';
import { nightOfTheKills } from '../domain/example-kills.ts';
import type { Facts } from '../domain/facts.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../domain/kubernetes/workload.ts';
import { type Killed, killedAtOwnLimit, limitPullRequest, nodeMemoryAllows, spokenRequest } from '../domain/memory-limit-change.ts';
import { type DiagnosedCause, defineMitigation, type MitigationPlan } from '../domain/mitigation.ts';
import { notReverted } from '../domain/not-reverted.ts';
import { parseQuantity, spokenBytes } from '../domain/quantity.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import type { Replica, Replicas } from '../domain/replica.ts';
import { rootBehind } from '../domain/root-behind.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import { type Subject, subjectKey } from '../domain/subject.ts';

/** Doubling is the usual first step: what was killed at its limit gives no measure of what it needs. */
const growth = 2;

/** A container that is killed at its own memory limit belongs to the cause, or to what follows from it. */
export const raiseMemoryLimit = defineMitigation({
  id: 'raise-memory-limit',
  title: 'Raise the container’s memory limit',
  explanation:
    'Patches the limit in the workload’s template, which replaces its pods at the pace of its strategy. Where a repository owns the workload, the same change belongs there: it comes as the text of a pull request too.',
  reversibility: 'undoable',
  needs: ['replicas'],
  helpedBy: ['deployments', 'statefulsets', 'daemonsets', 'nodes', 'pods', 'events', 'node-reports'],
  makes: ['set-memory-limit'],
  plan({ hypotheses }, facts) {
    const seenKeys = new Set<string>();
    return citedKills(hypotheses, facts.replicas).flatMap(({ replica, names, because, cause }) => {
      const owner = ownerOf(replica.workload, facts);
      return names.flatMap((name): readonly MitigationPlan<'set-memory-limit'>[] => {
        const container = owner?.spec.template.spec.containers.find((each) => each.name === name);
        const from = container?.resources.limits['memory'];
        const bytes = parseQuantity(from);
        const key = `${subjectKey(replica.workload)} ${name}`;
        if (owner === undefined || container === undefined || from === undefined || bytes === undefined || seenKeys.has(key)) return [];
        seenKeys.add(key);
        const killed: Killed = { replica, container, from, to: spokenBytes(bytes * growth) };
        const { workload } = replica;
        const change = { kind: 'set-memory-limit', workload, container: name, ...seen(owner) } as const;
        return [
          {
            id: 'raise-memory-limit',
            subject: workload,
            why: because,
            preconditions: [
              killedAtOwnLimit(killed, facts),
              nodeMemoryAllows(killed, facts.replicas.ofWorkload(workload), facts),
              notReverted(owner, 'spec.template'),
            ],
            saveFirst: saveCommands(replica.pod),
            changes: [{ ...change, from, to: killed.to }],
            undo: [{ ...change, from: killed.to, to: from }],
            expectation: `${name} stops being killed; watch its use against the new limit. ${spokenRequest(killed)}`,
            undoWhen: undefined,
            pullRequest: limitPullRequest(workload, killed, because.says),
            cause,
          },
        ];
      });
    });
  },

  fits: [
    { story: 'A container is killed at its own limit again and again.', given: nightOfTheKills({}) },
    {
      story: 'The agent of a node was killed at its limit, and that explains why pods there reach no Service.',
      given: nightOfTheKills({ isAgent: true }),
    },
  ],
  blocks: [
    {
      story: 'Its node as a whole ran out of memory.',
      given: nightOfTheKills({ isMachine: true }),
      by: 'killed-at-own-limit',
      holds: 'no',
    },
    { story: 'Events could not be read.', given: without(nightOfTheKills({}), 'events'), by: 'killed-at-own-limit', holds: 'cannot-tell' },
    {
      story: 'Its node has promised its memory to others.',
      given: nightOfTheKills({ allocatable: '400Mi' }),
      by: 'node-memory-allows',
      holds: 'no',
    },
    { story: 'Nodes could not be read.', given: without(nightOfTheKills({}), 'nodes'), by: 'node-memory-allows', holds: 'cannot-tell' },
    {
      story: 'An operator owns the Deployment.',
      given: nightOfTheKills({ metadata: deliveryMarks.operator }),
      by: 'not-reverted',
      holds: 'no',
    },
    {
      story: 'Something owns the object without saying that it manages it.',
      given: nightOfTheKills({ metadata: deliveryMarks.otherOwner }),
      by: 'not-reverted',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [{ story: 'Containers end, and not for memory.', given: nightOfTheRevision }],
});

interface CitedKill {
  readonly replica: Replica;
  /** Containers that were killed for memory. */
  readonly names: readonly string[];
  readonly because: Claim;
  /** The first cause that rests on it, or that explains what does. */
  readonly cause: DiagnosedCause;
}

/** Killed pods among what the causes, and what they explain, rest on. */
function citedKills(hypotheses: readonly Hypothesis[], replicas: Replicas): readonly CitedKill[] {
  return hypotheses.flatMap((each) => {
    const cause = rootBehind(each, hypotheses);
    if (cause === undefined) return [];
    const { finding, cascade } = each;
    return [...finding.because, ...(finding.contributing ?? []), ...cascade.flatMap((step) => step.because)].flatMap((because) =>
      because.citing.flatMap((citation) => killOf(citation, replicas).map((kill) => ({ ...kill, cause, because }))),
    );
  });
}

function killOf({ of }: Citation, replicas: Replicas): readonly Pick<CitedKill, 'replica' | 'names'>[] {
  const replica = of.kind === 'object' && of.resource === 'pods' ? replicas.ofPod(of.namespace, of.name) : undefined;
  const names = (replica?.pod.status.containerStatuses ?? [])
    .filter(({ state, lastState }) => state.terminated?.reason === 'OOMKilled' || lastState.terminated?.reason === 'OOMKilled')
    .map((status) => status.name);
  return replica === undefined || names.length === 0 ? [] : [{ replica, names }];
}

function ownerOf(
  { kind, namespace, name }: Subject,
  facts: Facts<never, 'deployments' | 'statefulsets' | 'daemonsets'>,
): Deployment | StatefulSet | DaemonSet | undefined {
  if (kind === 'Deployment') return facts.deployments?.named(namespace, name);
  if (kind === 'StatefulSet') return facts.statefulsets?.named(namespace, name);
  return kind === 'DaemonSet' ? facts.daemonsets?.named(namespace, name) : undefined;
}
