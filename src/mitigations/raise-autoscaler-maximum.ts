import { citeObject, claim } from '../domain/citation.ts';
import { seen } from '../domain/cluster-change.ts';
import { without } from '../domain/example.ts';
import { deliveryMarks, fullNode } from '../domain/example-nights.ts';
import { nightOfTheLoad } from '../domain/example-rollouts.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { notReverted } from '../domain/not-reverted.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';
import { subject } from '../domain/subject.ts';

/** Half as many again: enough to see relief, small enough not to starve the neighbours. */
const growth = 1.5;

/** Load wants more replicas than the autoscaler may make. */
export const raiseAutoscalerMaximum = defineMitigation({
  id: 'raise-autoscaler-maximum',
  title: 'Raise the autoscaler’s maximum',
  explanation: 'Lets the HorizontalPodAutoscaler add the replicas that its own metric asks for.',
  reversibility: 'undoable',
  needs: ['horizontalpodautoscalers', 'replicas', 'pods'],
  helpedBy: ['nodes', 'persistentvolumeclaims', 'persistentvolumes', 'namespaces'],
  makes: ['set-autoscaler-maximum'],
  plan(situation, facts) {
    const { target } = situation.scope;
    return facts.horizontalpodautoscalers.all.flatMap((autoscaler) => {
      const { scaleTargetRef, maxReplicas: maximum } = autoscaler.spec;
      const aimed = subject(scaleTargetRef.kind ?? 'Deployment', autoscaler.metadata.namespace, scaleTargetRef.name ?? '');
      const isTarget = aimed.namespace === target?.namespace && aimed.name === target?.name && aimed.kind === target.kind;
      const isLimited = autoscaler.status.conditions.some(
        (condition) => condition.type === 'ScalingLimited' && condition.status === 'True' && condition.reason === 'TooManyReplicas',
      );
      if (!isTarget || !isLimited || maximum === undefined) return [];
      const to = Math.ceil(maximum * growth);
      const sibling = facts.replicas.ofWorkload(aimed)[0]?.pod;
      const pods = sibling === undefined ? [] : Array.from({ length: to - maximum }, () => sibling);
      const of = subject('HorizontalPodAutoscaler', autoscaler.metadata.namespace, autoscaler.metadata.name);
      return [
        {
          id: 'raise-autoscaler-maximum',
          subject: of,
          why: claim(
            `It wants more than its maximum of ${maximum} replicas.`,
            citeObject(autoscaler, 'status.conditions[ScalingLimited]: True TooManyReplicas'),
          ),
          preconditions: [spareCapacity({ pods, areMoving: false, closed: new Set() }, facts), notReverted(autoscaler, 'spec.maxReplicas')],
          saveFirst: [],
          changes: [{ kind: 'set-autoscaler-maximum', autoscaler: of, from: maximum, to, ...seen(autoscaler) }],
          undo: [{ kind: 'set-autoscaler-maximum', autoscaler: of, from: to, to: maximum, ...seen(autoscaler) }],
          expectation: 'New replicas become Ready and the autoscaler’s metric falls towards its target.',
          undoWhen: 'the load is back at its usual level.',
        },
      ];
    });
  },

  fits: [{ story: 'The autoscaler stands at its maximum and wants more.', given: nightOfTheLoad({ isAutoscaled: true }) }],
  blocks: [
    {
      story: 'No node has room.',
      given: { ...nightOfTheLoad({ isAutoscaled: true }), nodes: [fullNode('node-1')] },
      by: 'spare-capacity',
      holds: 'no',
    },
    {
      story: 'Nodes could not be read.',
      given: without(nightOfTheLoad({ isAutoscaled: true }), 'nodes'),
      by: 'spare-capacity',
      holds: 'cannot-tell',
    },
    {
      story: 'Another controller made the autoscaler and decides its maximum.',
      given: nightOfTheLoad({ isAutoscaled: true, autoscalerMetadata: deliveryMarks.operator }),
      by: 'not-reverted',
      holds: 'no',
    },
    {
      story: 'Something owns the object without saying that it manages it.',
      given: nightOfTheLoad({ isAutoscaled: true, autoscalerMetadata: deliveryMarks.otherOwner }),
      by: 'not-reverted',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [{ story: 'There is no autoscaler.', given: nightOfTheLoad({}) }],
});
