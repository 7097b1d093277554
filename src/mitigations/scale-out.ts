import { citeList, citeObject, type Claim, claim } from '../domain/citation.ts';
import { seen } from '../domain/cluster-change.ts';
import type { Collection } from '../domain/collection.ts';
import { without } from '../domain/example.ts';
import { deliveryMarks, fullNode, nightOfTheRevision } from '../domain/example-nights.ts';
import { nightOfTheCrowd, nightOfTheLoad } from '../domain/example-rollouts.ts';
import { exampleNode } from '../domain/example-objects.ts';
import type { Facts } from '../domain/facts.ts';
import type { Deployment, HorizontalPodAutoscaler } from '../domain/kubernetes/workload.ts';
import { matchesLabels } from '../domain/label-selector.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { notReverted } from '../domain/not-reverted.ts';
import type { Precondition } from '../domain/precondition.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';
import { subject, type Subject } from '../domain/subject.ts';

/** Failure modes in which more replicas relieve at once. */
const relieved: ReadonlySet<string> = new Set(['load-beyond-capacity', 'cpu-overload', 'cpu-throttling-fails-probes']);
/** Half as many again: enough to see relief, small enough not to starve the neighbours. */
const growth = 1.5;

/** The replicas are sound but too few for the load. */
export const scaleOut = defineMitigation({
  id: 'scale-out',
  title: 'Add replicas',
  explanation: 'Adds half as many replicas again to a workload that is saturated rather than broken.',
  reversibility: 'undoable',
  needs: ['deployments', 'pods'],
  helpedBy: ['services', 'nodes', 'horizontalpodautoscalers', 'persistentvolumeclaims', 'persistentvolumes', 'namespaces'],
  makes: ['scale'],
  plan(situation, facts) {
    const [cause] = situation.hypotheses.filter((each) => each.isRoot && relieved.has(each.failureMode));
    const deployment = cause === undefined ? undefined : relievable(cause.subject, facts);
    const [first] = cause?.finding.because ?? [];
    if (deployment === undefined || first === undefined) return [];
    const { namespace, name } = deployment.metadata;
    const workload = subject('Deployment', namespace, name);
    const from = deployment.spec.replicas ?? 1;
    const to = Math.ceil(from * growth);
    const sibling = facts.pods.selectedBy(namespace, deployment.spec.selector)[0];
    const pods = sibling === undefined ? [] : Array.from({ length: to - from }, () => sibling);
    return [
      {
        id: 'scale-out',
        subject: workload,
        why: claim(first.says, ...first.citing),
        preconditions: [
          spareCapacity({ pods, areMoving: false, closed: new Set() }, facts),
          noAutoscaler(deployment, facts.horizontalpodautoscalers),
          notReverted(deployment, 'spec.replicas'),
        ],
        saveFirst: [],
        changes: [{ kind: 'scale', workload, from, to, ...seen(deployment) }],
        undo: [{ kind: 'scale', workload, from: to, to: from, ...seen(deployment) }],
        expectation: 'New replicas become Ready, and the load per replica falls.',
        undoWhen: 'the load is back at its usual level.',
      },
    ];
  },

  fits: [
    { story: 'The Service is asked three times as often as it was, and has become slow.', given: nightOfTheCrowd },
    { story: 'Both replicas use all the CPU that they may, and there is room for more.', given: nightOfTheLoad({}) },
  ],
  blocks: [
    { story: 'No node has room.', given: { ...nightOfTheLoad({}), nodes: [fullNode('node-1')] }, by: 'spare-capacity', holds: 'no' },
    {
      story: 'A node with room might be there, but does not say what it has.',
      given: { ...nightOfTheLoad({}), nodes: [fullNode('node-1'), exampleNode({ name: 'node-2', status: { allocatable: {} } })] },
      by: 'spare-capacity',
      holds: 'cannot-tell',
    },
    {
      story: 'An autoscaler decides how many there are.',
      given: nightOfTheLoad({ isAutoscaled: true }),
      by: 'autoscaler-keeps-it',
      holds: 'no',
    },
    {
      story: 'Autoscalers could not be read.',
      given: without(nightOfTheLoad({}), 'horizontalpodautoscalers'),
      by: 'autoscaler-keeps-it',
      holds: 'cannot-tell',
    },
    { story: 'An operator owns it.', given: nightOfTheLoad({ metadata: deliveryMarks.operator }), by: 'not-reverted', holds: 'no' },
    {
      story: 'Something owns the object without saying that it manages it.',
      given: nightOfTheLoad({ metadata: deliveryMarks.otherOwner }),
      by: 'not-reverted',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [{ story: 'The replicas are broken, not busy.', given: nightOfTheRevision }],
});

/** Load is often told of the Service that it comes through; the Deployment behind it is what grows. */
function relievable({ kind, namespace, name }: Subject, facts: Facts<'deployments', 'services'>): Deployment | undefined {
  if (kind === 'Deployment') return facts.deployments.named(namespace, name);
  const selector = kind === 'Service' ? (facts.services?.named(namespace, name)?.spec.selector ?? {}) : {};
  if (Object.keys(selector).length === 0) return undefined;
  const behind = facts.deployments.inNamespace(namespace).filter((each) => matchesLabels(selector, each.spec.template.metadata.labels));
  // With several behind it, it is not known which of them is short.
  return behind.length === 1 ? behind[0] : undefined;
}

function noAutoscaler(deployment: Deployment, autoscalers: Collection<HorizontalPodAutoscaler> | undefined): Precondition {
  const id = 'autoscaler-keeps-it';
  const asked = 'no autoscaler would take the replicas away again';
  if (autoscalers === undefined) return { id, claim: `${asked} (autoscalers could not be read)`, holds: 'cannot-tell', because: [] };
  const { namespace, name } = deployment.metadata;
  const own = autoscalers
    .inNamespace(namespace)
    .find(({ spec: { scaleTargetRef } }) => scaleTargetRef.kind === deployment.kind && scaleTargetRef.name === name);
  const because: Claim =
    own === undefined
      ? claim('No autoscaler aims at it.', citeList('horizontalpodautoscalers', namespace, `none aims at ${name}`))
      : claim(`${own.metadata.name} decides how many replicas there are.`, citeObject(own, `spec.scaleTargetRef: ${name}`));
  return { id, claim: asked, holds: own === undefined ? 'yes' : 'no', because: [because] };
}
