import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { exampleRefusal } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { LimitRange } from '../../domain/kubernetes/storage.ts';
import { refusalFinding, refusedCreations } from '../../domain/refused-creations.ts';

/** Words of the LimitRanger admission plugin. Source: kubernetes/plugin/pkg/admission/limitranger. */
const refusedByLimitRange =
  /(?:minimum|maximum) [\w./-]+ usage per (?:Container|Pod|PersistentVolumeClaim) is|limit to request ratio per (?:Container|Pod) is/;

/** The namespace sets bounds for the size of a single pod or container, and the template is outside of them. */
export const limitRangeRefuses = defineFailureMode({
  id: 'limit-range-refuses',
  title: 'The LimitRange of the namespace refuses the size of the pods',
  role: 'cause',
  explanation: {
    whatItIs:
      'A LimitRange bounds what a single container or pod may request; the template asks for more or for less, and admission refuses it.',
    howItLooks: 'No pods, and FailedCreate events: "maximum memory usage per Container is 1Gi, but limit is 2Gi".',
    whyItHappens:
      'Requests or limits were raised beyond the bound, the LimitRange was introduced or tightened, or its defaults contradict the template.',
    whatStopsTheBleeding: 'Roll back to the sizes that were admitted, or widen the LimitRange. Do not delete running pods.',
    whatFixesIt: 'Agree on the bounds, and size template and LimitRange alike.',
    howToPreventIt: 'Check templates against the LimitRanges of the target namespace in the pipeline.',
  },
  sources: ['https://kubernetes.io/docs/concepts/policy/limit-range/'],
  needs: ['replicas'],
  helpedBy: ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'events', 'limitranges'],
  explains: ['bad-revision'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    return refusedCreations(facts)
      .filter(({ words }) => refusedByLimitRange.test(words))
      .map((refused) => {
        const bound =
          /\[?((?:minimum|maximum) [^,\]]+, but [^,\]]+|[\w./-]{1,200} max limit to request ratio per [^,\]]+, but [^,\]]+)/.exec(
            refused.words,
          )?.[1] ?? 'their size is outside of its bounds';
        const ranges = facts.limitranges?.inNamespace(refused.workload.namespace) ?? [];
        const says = `${refused.missing} pods of ${refused.workload.name} are refused by the LimitRange of the namespace: ${bound}.`;
        return refusalFinding(refused, {
          weight: 'conclusive',
          because: [claim(says, ...refused.citations), ...ranges.slice(0, 2).map(boundsOf)],
        });
      });
  },

  recognises: [
    {
      story: 'The limit is twice what a container may have.',
      given: {
        ...exampleRefusal('pods "cart-5d4f8c7b9-x" is forbidden: [maximum memory usage per Container is 1Gi, but limit is 2Gi]'),
        limitranges: [
          { metadata: { name: 'bounds', namespace: 'shop' }, spec: { limits: [{ type: 'Container', max: { memory: '1Gi' } }] } },
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A quota refuses.',
      given: exampleRefusal(
        'pods "cart-5d4f8c7b9-x" is forbidden: exceeded quota: compute, requested: limits.memory=2Gi, used: limits.memory=7Gi, limited: limits.memory=8Gi',
      ),
    },
    {
      story: 'A LimitRange exists, and nothing is refused.',
      given: {
        pods: [],
        deployments: [],
        replicasets: [],
        limitranges: [
          { metadata: { name: 'bounds', namespace: 'shop' }, spec: { limits: [{ type: 'Container', max: { memory: '1Gi' } }] } },
        ],
      },
    },
  ],
});

function boundsOf(range: LimitRange): Claim {
  const bounds = range.spec.limits
    .map(
      (each) =>
        `${each.type}: ${[...Object.entries(each.min).map(([name, value]) => `${name} ≥ ${value}`), ...Object.entries(each.max).map(([name, value]) => `${name} ≤ ${value}`)].join(', ')}`,
    )
    .join('; ');
  return claim(`LimitRange ${range.metadata.name} sets the bounds.`, citeObject(range, `spec.limits: ${bounds}`));
}
