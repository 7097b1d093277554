import type { JudgedAlert } from './alert.ts';
import { type Claim, citeObject, claim } from './citation.ts';
import type { Collection } from './collection.ts';
import type { Finding } from './failure-mode.ts';
import type { Node, Taint } from './kubernetes/node.ts';
import type { DaemonSet } from './kubernetes/workload.ts';
import { isNamedByAlert } from './named-by-alert.ts';
import { tolerates } from './placement/tolerates.ts';
import type { Replicas } from './replica.ts';
import { subject } from './subject.ts';
import { shellCommand } from './shell-word.ts';

export interface DaemonFacts {
  readonly replicas: Replicas;
  readonly daemonsets: Collection<DaemonSet> | undefined;
  readonly nodes: Collection<Node> | undefined;
  readonly 'judged-alert': JudgedAlert | undefined;
}

/** Set by the node controllers, and tolerated or cured by themselves. */
const nodeCondition = /^node\.(?:kubernetes|cloudprovider\.kubernetes)\.io\//;
const shownNodes = 4;

/**
 * A DaemonSet counts only the nodes whose taints it tolerates, so that it looks complete where whole pools are without it.
 * Often that is meant; it is a fault where a page names the DaemonSet and such a node or its pool.
 */
export function missedByDaemons(facts: DaemonFacts): readonly Finding[] {
  const page = facts['judged-alert'];
  const nodes = facts.nodes?.all ?? [];
  if (page === undefined || page.judgement.verdict === 'stale') return [];
  const words = wordsOf(page);
  const named = nodes.filter((node) => isNamed(node, nodes, words));
  return (facts.daemonsets?.all ?? []).flatMap((set): readonly Finding[] => {
    const { namespace, name } = set.metadata;
    if (named.length === 0 || !isNamedByAlert(page.alert, { namespace, names: [name] })) return [];
    const own = subject('DaemonSet', namespace, name);
    const pods = facts.replicas.ofWorkload(own).map(({ pod }) => pod);
    const served = new Set(pods.map((pod) => pod.spec.nodeName));
    // Its pods carry what the controller adds to the tolerations of the template.
    const tolerations = pods[0]?.spec.tolerations ?? set.spec.template.spec.tolerations;
    const closed = named.flatMap((node) => {
      const taint = served.has(node.metadata.name)
        ? undefined
        : node.spec.taints.find((each) => keepsOff(each) && !tolerates(tolerations, each));
      return taint === undefined ? [] : [{ node, taint }];
    });
    const [first, ...more] = closed
      .slice(0, shownNodes)
      .map(
        ({ node, taint }): Claim =>
          claim(
            `${node.metadata.name} has no pod of ${name}, which does not tolerate its taint ${spoken(taint)}.`,
            citeObject(node, `spec.taints: ${spoken(taint)}`),
          ),
      );
    if (first === undefined) return [];
    const counted = claim(
      `It counts as complete nevertheless: such nodes are none of those that it should serve.`,
      citeObject(set, `status: desired ${set.status.desiredNumberScheduled ?? 0}, available ${set.status.numberAvailable ?? 0}`),
    );
    return [
      {
        subject: own,
        weight: 'strong',
        because: [first, ...more, counted],
        affects: [own, ...closed.map(({ node }) => subject('Node', undefined, node.metadata.name))],
        wouldSettle: [shellCommand`kubectl -n ${namespace} get daemonset ${name} -o jsonpath='{.spec.template.spec.tolerations}'`],
      },
    ];
  });
}

function wordsOf({ alert }: JudgedAlert): ReadonlySet<string> {
  const text = [alert.name, alert.summary, ...Object.values(alert.labels)].join(' ');
  return new Set(text.split(/[^A-Za-z0-9._-]+/).map((word) => word.replace(/[.-]+$/, '')));
}

/** By its own name, or by the value of a label that only some nodes have, such as their pool. */
function isNamed({ metadata }: Node, all: readonly Node[], words: ReadonlySet<string>): boolean {
  return (
    words.has(metadata.name) ||
    Object.entries(metadata.labels).some(
      ([key, value]) =>
        value.length > 2 && value !== 'true' && words.has(value) && !all.every((node) => node.metadata.labels[key] === value),
    )
  );
}

function keepsOff({ key, effect }: Taint): boolean {
  return (effect === 'NoSchedule' || effect === 'NoExecute') && !nodeCondition.test(key ?? '');
}

function spoken({ key, value, effect }: Taint): string {
  return `${key ?? ''}${value === undefined || value === '' ? '' : `=${value}`}:${effect ?? ''}`;
}
