import { citeObject, claim } from '../domain/citation.ts';
import { defineMitigation } from '../domain/mitigation.ts';
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
  needs: ['horizontalpodautoscalers', 'pods'],
  helpedBy: ['nodes'],
  plan(situation, facts) {
    const { target } = situation.scope;
    return facts.horizontalpodautoscalers.all.flatMap((autoscaler) => {
      const maximum = autoscaler.spec.maxReplicas;
      const aims = autoscaler.metadata.namespace === target?.namespace && autoscaler.spec.scaleTargetRef.name === target?.name;
      const isLimited = autoscaler.status.conditions.some(
        (condition) => condition.type === 'ScalingLimited' && condition.status === 'True' && condition.reason === 'TooManyReplicas',
      );
      if (!aims || !isLimited || maximum === undefined) return [];
      const to = Math.ceil(maximum * growth);
      const sibling = facts.pods
        .inNamespace(autoscaler.metadata.namespace)
        .find((pod) => pod.metadata.name.startsWith(`${autoscaler.spec.scaleTargetRef.name}-`));
      const added = sibling === undefined ? [] : Array.from({ length: to - maximum }, () => sibling);
      const of = subject('HorizontalPodAutoscaler', autoscaler.metadata.namespace, autoscaler.metadata.name);
      return [
        {
          id: 'raise-autoscaler-maximum',
          subject: of,
          why: claim(
            `It wants more than its maximum of ${maximum} replicas.`,
            citeObject(autoscaler, 'status.conditions[ScalingLimited]: True TooManyReplicas'),
          ),
          preconditions: [spareCapacity(added, new Set(), facts)],
          saveFirst: [],
          changes: [{ kind: 'set-autoscaler-maximum', autoscaler: of, from: maximum, to }],
          undo: [{ kind: 'set-autoscaler-maximum', autoscaler: of, from: to, to: maximum }],
          expectation: 'New replicas become Ready and the autoscaler’s metric falls towards its target.',
          undoWhen: 'the load is back at its usual level.',
        },
      ];
    });
  },
});
