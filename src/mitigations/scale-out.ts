import { citeObject, claim } from '../domain/citation.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';

/** Failure modes in which more replicas relieve at once. */
const relieved: ReadonlySet<string> = new Set(['load-beyond-capacity', 'cpu-overload', 'cpu-throttling-fails-probes']);

/** The replicas are sound but too few for the load. */
export const scaleOut = defineMitigation({
  id: 'scale-out',
  title: 'Add replicas',
  explanation: 'Adds half as many replicas again to a workload that is saturated rather than broken.',
  reversibility: 'undoable',
  needs: ['deployments', 'pods'],
  helpedBy: ['nodes', 'horizontalpodautoscalers'],
  plan(situation, facts) {
    const [cause] = situation.hypotheses.filter((each) => each.isRoot && relieved.has(each.failureMode));
    const deployment = cause === undefined ? undefined : facts.deployments.named(cause.subject.namespace, cause.subject.name);
    const [first] = cause?.finding.because ?? [];
    if (cause === undefined || deployment === undefined || first === undefined) return [];
    const from = deployment.spec.replicas ?? 1;
    const to = Math.ceil(from * 1.5);
    const isAutoscaled = facts.horizontalpodautoscalers?.all.some(
      (each) => each.metadata.namespace === cause.subject.namespace && each.spec.scaleTargetRef.name === cause.subject.name,
    );
    const sibling = facts.pods.selectedBy(cause.subject.namespace, deployment.spec.selector)[0];
    return [
      {
        id: 'scale-out',
        subject: cause.subject,
        why: claim(first.says, ...first.citing),
        preconditions: [
          spareCapacity(sibling === undefined ? [] : Array.from({ length: to - from }, () => sibling), new Set(), facts),
          {
            claim: 'no autoscaler would take the replicas away again',
            holds: isAutoscaled === undefined ? 'cannot-tell' : isAutoscaled ? 'no' : 'yes',
            because: [claim('Autoscalers of the namespace were read.', citeObject(deployment, `spec.replicas: ${from}`))],
          },
        ],
        saveFirst: [],
        changes: [{ kind: 'scale', workload: cause.subject, from, to }],
        undo: [{ kind: 'scale', workload: cause.subject, from: to, to: from }],
        expectation: 'New replicas become Ready, and the load per replica falls.',
        undoWhen: 'the load is back at its usual level.',
      },
    ];
  },
});
