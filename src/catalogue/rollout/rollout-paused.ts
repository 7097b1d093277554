import { citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { exampleDeployment } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import { subject } from '../../domain/subject.ts';

/** A Deployment is paused with a template that it has not rolled out. Pausing is a tool, so without a page it is only a note. */
export const rolloutPaused = defineFailureMode({
  id: 'rollout-paused',
  title: 'A rollout is paused, and its template is not rolled out',
  role: 'cause',
  explanation: {
    whatItIs: 'spec.paused is true: changes of the template, also the one that would repair it, have no effect.',
    howItLooks: 'Condition Progressing with DeploymentPaused; fewer updated replicas than wanted; `kubectl rollout status` waits for ever.',
    whyItHappens: 'Paused for a canary or a series of edits and forgotten.',
    whatStopsTheBleeding: 'Resume the rollout, once it is known what is in it; or undo the change of the template.',
    whatFixesIt: 'Decide about the pending template, and leave nothing paused.',
    howToPreventIt: 'Alert on paused Deployments with pending changes.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment'],
  needs: ['deployments'],
  helpedBy: ['judged-alert'],
  explains: [],
  mitigations: ['resume-rollout', 'roll-back-workload'],

  recognise(facts) {
    return facts.deployments.all.flatMap((deployment) => {
      const { namespace, name } = deployment.metadata;
      const wanted = deployment.spec.replicas ?? 1;
      const updated = deployment.status.updatedReplicas ?? 0;
      if (deployment.spec.paused !== true || updated >= wanted) return [];
      const isPaged = isNamedByAlert(facts['judged-alert']?.alert, { namespace, names: [name] });
      const weight: Weight = isPaged ? 'strong' : 'weak';
      const at = deployment.status.conditions.find((each) => each.reason === 'DeploymentPaused')?.lastTransitionTime;
      const own = subject('Deployment', namespace, name);
      return [
        {
          subject: own,
          weight,
          affects: [own],
          ...(at === undefined ? {} : { since: at }),
          because: [
            claim(
              `${namespace}/${name} is paused with ${updated} of ${wanted} replicas on its newest template.`,
              citeObject(deployment, `spec.paused: true; status.updatedReplicas ${updated} of ${wanted}`, at),
            ),
          ] as const,
        },
      ];
    });
  },

  recognises: [
    {
      story: 'The page names it, and one of two replicas is updated.',
      given: { deployments: [paused(1)], 'judged-alert': exampleJudgedAlert('real', { deployment: 'cart', namespace: 'shop' }) },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    { story: 'Paused after all was rolled out.', given: { deployments: [paused(2)] } },
    {
      story: 'A rollout in progress.',
      given: { deployments: [exampleDeployment({ name: 'cart', status: { updatedReplicas: 1 } }).deployment] },
    },
  ],
});

function paused(updatedReplicas: number): RawObject {
  return exampleDeployment({
    name: 'cart',
    spec: { paused: true },
    status: {
      updatedReplicas,
      conditions: [{ type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', lastTransitionTime: minutesAgo(90) }],
    },
  }).deployment;
}
