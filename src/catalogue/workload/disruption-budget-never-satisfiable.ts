import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { type Collection, groupBy } from '../../domain/collection.ts';
import type { RawObject } from '../../domain/example.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import type { PodDisruptionBudget } from '../../domain/kubernetes/workload.ts';
import { matchesSelector } from '../../domain/label-selector.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import type { Replica } from '../../domain/replica.ts';
import { subject } from '../../domain/subject.ts';

/**
 * A budget forbids every eviction although all its pods are healthy. Many small workloads have such budgets and nobody
 * notices until a drain waits for ever, so without a page about it this is only a note.
 */
export const disruptionBudgetNeverSatisfiable = defineFailureMode({
  id: 'disruption-budget-never-satisfiable',
  title: 'A disruption budget that never allows an eviction',
  role: 'cause',
  explanation: {
    whatItIs: 'The budget demands as many available pods as there are, so even with all of them healthy none may be evicted.',
    howItLooks:
      'ALLOWED DISRUPTIONS 0 in `kubectl get pdb`; `kubectl drain` repeats "Cannot evict pod as it would violate the pod\'s disruption budget".',
    whyItHappens: 'minAvailable 1 on one replica, minAvailable 100%, maxUnavailable 0, or a selector that two budgets share.',
    whatStopsTheBleeding: 'Scale the workload up by one before draining.',
    whatFixesIt: 'Allow one disruption, and run enough replicas to bear it.',
    howToPreventIt: 'Check budgets against replica counts in the pipeline.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
    'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
  ],
  needs: ['poddisruptionbudgets', 'replicas'],
  helpedBy: ['nodes', 'judged-alert'],
  explains: [],
  mitigations: ['scale-out'],

  recognise(facts) {
    const nearby = groupBy(facts.replicas.all, (replica) => replica.pod.metadata.namespace);
    return facts.poddisruptionbudgets.all.filter(neverAllows).map((budget) => {
      const { namespace, name } = budget.metadata;
      const covered = (nearby.get(namespace ?? '') ?? []).filter((replica) => isCovered(budget, replica) && replica.health !== 'finished');
      const draining = drainedNodes(covered, facts.nodes);
      const names = [name, ...covered.map((replica) => replica.workload.name), ...draining.map((node) => node.metadata.name)];
      const alert = facts['judged-alert']?.alert;
      const isNamed = isNamedByAlert(alert, { namespace: undefined, names });
      const isAboutEviction = aboutEviction.test(`${alert?.name ?? ''} ${alert?.summary ?? ''}`);
      const isPaged = draining.length > 0 ? isNamed || isAboutEviction : isNamed && isAboutEviction;
      const rule =
        budget.spec.maxUnavailable === undefined
          ? `minAvailable ${budget.spec.minAvailable}`
          : `maxUnavailable ${budget.spec.maxUnavailable}`;
      const waits: readonly Claim[] = draining
        .slice(0, 2)
        .map((node) =>
          claim(
            `${node.metadata.name} is cordoned and holds a pod of it, so a drain would wait.`,
            citeObject(node, 'spec.unschedulable: true'),
          ),
        );
      return {
        subject: subject('PodDisruptionBudget', namespace, name),
        weight: isPaged ? ('strong' as const) : forbidsByItself(budget) ? ('suggestive' as const) : ('weak' as const),
        because: [
          claim(
            `${namespace}/${name} (${rule}) allows no eviction although ${budget.status.currentHealthy ?? 0} of ${budget.status.expectedPods ?? 0} pods are healthy.`,
            citeObject(
              budget,
              `status: disruptionsAllowed 0, currentHealthy ${budget.status.currentHealthy ?? 0}, desiredHealthy ${budget.status.desiredHealthy ?? 0}, expectedPods ${budget.status.expectedPods ?? 0}`,
            ),
          ),
          ...waits,
        ] as const,
        affects: [
          subject('PodDisruptionBudget', namespace, name),
          ...draining.map((node) => subject('Node', undefined, node.metadata.name)),
        ],
      };
    });
  },

  recognises: [
    {
      story: 'A drain waits for the only replica of a budget with minAvailable 1, and the page names the node.',
      given: {
        poddisruptionbudgets: [
          budget({ minAvailable: 1 }, { expectedPods: 1, currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0 }),
        ],
        pods: [examplePod({ name: 'cart-7f9-a' })],
        nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } })],
        'judged-alert': exampleJudgedAlert('real', { node: 'node-1' }),
      },
      finds: [{ kind: 'PodDisruptionBudget', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'maxUnavailable is 0; nobody drains anything yet.',
      given: {
        poddisruptionbudgets: [
          budget({ maxUnavailable: 0 }, { expectedPods: 2, currentHealthy: 2, desiredHealthy: 2, disruptionsAllowed: 0 }),
        ],
        pods: [examplePod({ name: 'cart-7f9-a' }), examplePod({ name: 'cart-7f9-b' })],
        nodes: [exampleNode({ name: 'node-1' })],
      },
      finds: [{ kind: 'PodDisruptionBudget', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Nothing may go now because one pod is not healthy.',
      given: {
        poddisruptionbudgets: [
          budget({ minAvailable: 2 }, { expectedPods: 3, currentHealthy: 2, desiredHealthy: 2, disruptionsAllowed: 0 }),
        ],
        pods: [],
      },
    },
    {
      story: 'One may go.',
      given: {
        poddisruptionbudgets: [
          budget({ maxUnavailable: 1 }, { expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 }),
        ],
        pods: [],
      },
    },
    {
      story: 'It covers no pods.',
      given: {
        poddisruptionbudgets: [
          budget({ minAvailable: 1 }, { expectedPods: 0, currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0 }),
        ],
        pods: [],
      },
    },
  ],
});

function neverAllows({ status }: PodDisruptionBudget): boolean {
  const { expectedPods, currentHealthy, desiredHealthy, disruptionsAllowed } = status;
  return (
    expectedPods !== undefined &&
    expectedPods > 0 &&
    disruptionsAllowed === 0 &&
    (currentHealthy ?? 0) >= expectedPods &&
    (desiredHealthy ?? 0) >= expectedPods
  );
}

function isCovered({ metadata, spec }: PodDisruptionBudget, { pod }: Replica): boolean {
  return (
    metadata.namespace === pod.metadata.namespace && spec.selector !== undefined && matchesSelector(spec.selector, pod.metadata.labels)
  );
}

/** No number of replicas helps against these two. */
function forbidsByItself({ spec }: PodDisruptionBudget): boolean {
  return ['0', '0%'].includes(String(spec.maxUnavailable)) || String(spec.minAvailable) === '100%';
}

/** Words of pages about evictions, drains and upgrades that wait. */
const aboutEviction = /evict|drain|disruption|\bpdb\b/i;

function drainedNodes(covered: readonly Replica[], nodes: Collection<Node> | undefined): readonly Node[] {
  const names = new Set(covered.map((replica) => replica.pod.spec.nodeName));
  return (nodes?.all ?? []).filter((node) => node.spec.unschedulable === true && names.has(node.metadata.name));
}

function budget(spec: object, status: object): RawObject {
  return { metadata: { name: 'cart', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'cart' } }, ...spec }, status };
}
