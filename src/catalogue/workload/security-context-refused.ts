import { claim } from '../../domain/citation.ts';
import { citeWaiting, waitsFor } from '../../domain/container-evidence.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleDeployment, examplePod, exampleRefusal, waitingFor } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { refusalFinding, refusedCreations } from '../../domain/refused-creations.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';

/** Words of Pod Security admission, of OpenShift's constraints and of their forerunner. */
const refusedByPolicy =
  /violates PodSecurity|unable to validate against any (?:security context constraint|pod security policy)|forbidden: PodSecurityPolicy/i;
/** Words of the kubelet for a user that the pod's own security context rules out. */
const refusedByKubelet = /runAsNonRoot|run as root|non-numeric user|will run as root|seccomp|AppArmor|apparmor|may not be run as/i;

/** What the pod may do, or whom it may run as, is refused: by admission in the namespace, or by the kubelet at the start. */
export const securityContextRefused = defineFailureMode({
  id: 'security-context-refused',
  title: 'The security settings of the pod are refused',
  role: 'cause',
  explanation: {
    whatItIs:
      'Either the namespace admits only pods with stricter security settings, or the pod demands a user other than root and its image runs as root.',
    howItLooks:
      'FailedCreate with "violates PodSecurity" on the ReplicaSet and no pods; or CreateContainerConfigError with "container has runAsNonRoot and image will run as root".',
    whyItHappens:
      'A new enforcement label on the namespace, a chart with privileged defaults, an image whose user is a name and not a number.',
    whatStopsTheBleeding: 'Roll back to the revision that was admitted. Do not delete running pods: they would not be admitted again.',
    whatFixesIt: 'Set the security context that the policy demands, and build the image for a numeric user other than root.',
    howToPreventIt: 'Set the warn and audit labels of Pod Security before enforcing.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
    'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  ],
  needs: ['replicas'],
  helpedBy: ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'events'],
  explains: ['bad-revision'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const refused = refusedCreations(facts)
      .filter(({ words }) => refusedByPolicy.test(words))
      .map((each) =>
        refusalFinding(each, {
          weight: 'conclusive',
          because: [
            claim(
              `${each.missing} pods of ${each.workload.name} are not admitted: their security settings violate the policy of the namespace.`,
              ...each.citations,
            ),
          ],
        }),
      );
    const seen = facts.replicas.failing.flatMap((replica) =>
      waitsFor(replica, new Set(['CreateContainerConfigError', 'CreateContainerError']))
        .filter((trouble) => refusedByKubelet.test(trouble.message ?? ''))
        .map((trouble) => ({
          replica,
          container: trouble.container ?? '',
          citations: [citeWaiting(replica.pod, trouble.container)] as const,
        })),
    );
    const started = byWorkload(seen, (each) => each.container).map((group) =>
      findingOf(group, {
        weight: 'conclusive',
        because: [
          claimOfAll(
            `Container ${group[0].container} of ${countOf(group)} is not started: its image does not fit its security context.`,
            group,
          ),
        ],
      }),
    );
    return [...refused, ...started];
  },

  recognises: [
    {
      story: 'The namespace enforces the restricted level.',
      given: exampleRefusal(
        'pods "cart-5d4f8c7b9-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
      ),
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The image runs as root although the pod forbids it.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            labels: { 'pod-template-hash': '7f9' },
            phase: 'Pending',
            status: waitingFor(
              'CreateContainerConfigError',
              'container has runAsNonRoot and image will run as root (pod: "cart-7f9-a_shop(1)", container: app)',
            ),
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A ConfigMap is missing.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            phase: 'Pending',
            status: waitingFor('CreateContainerConfigError', 'configmap "security" not found'),
          }),
        ],
      },
    },
    {
      story: 'Only a warning when it was applied; all replicas exist.',
      given: {
        pods: [examplePod({ name: 'cart-5d4f8c7b9-a' })],
        deployments: [exampleDeployment({ name: 'cart', replicas: 1 }).deployment],
        replicasets: [exampleDeployment({ name: 'cart', replicas: 1 }).replicaSet],
        events: [
          exampleEvent({
            about: { kind: 'ReplicaSet', name: 'cart-5d4f8c7b9' },
            reason: 'FailedCreate',
            message: 'violates PodSecurity "restricted:latest"',
            minutesAgo: 10,
          }),
        ],
      },
    },
  ],
});
