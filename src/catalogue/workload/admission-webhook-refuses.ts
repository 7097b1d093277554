import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import { exampleRefusal } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../../domain/kubernetes/access.ts';
import { refusalFinding, refusedCreations } from '../../domain/refused-creations.ts';
import type { ServiceBackends } from '../../domain/service-backends.ts';
import { type Subject, subject } from '../../domain/subject.ts';

/** Words of the API server. Source: k8s.io/apiserver/pkg/admission/plugin: webhook, policy and imagepolicy. */
const denied = /admission webhook "([^"]+)" denied the request/;
const policyDenied =
  /((?:Validating|Mutating)AdmissionPolicy '[^']+')(?: with binding '[^']+')? (?:denied request|failed)|(image policy webhook) backend denied/;
const notCalled = /failed calling webhook "([^"]+)": (.*)/s;

/** An admission webhook stands between the controller and its pods: it says no, or it does not answer and nobody may pass without it. */
export const admissionWebhookRefuses = defineFailureMode({
  id: 'admission-webhook-refuses',
  title: 'An admission webhook or policy refuses the pods, or does not answer',
  role: 'cause',
  explanation: {
    whatItIs:
      'Before the API server creates pods it judges them by the admission policies of the cluster and asks webhooks. A policy or webhook denies them, or a webhook cannot be reached and its failurePolicy is Fail.',
    howItLooks:
      'No new pods, and FailedCreate events: "admission webhook … denied the request", "ValidatingAdmissionPolicy … denied request" or "failed calling webhook …".',
    whyItHappens:
      'A new policy; or the webhook has no endpoints, an expired certificate, or a network policy in front of it — often because its own pods need itself to be created.',
    whatStopsTheBleeding: 'Bring the webhook back, or exempt the namespace. Do not delete running pods: they could not be created again.',
    whatFixesIt: 'For a denial, satisfy the policy; for silence, repair the webhook and let it exempt its own namespace.',
    howToPreventIt:
      'Run webhooks with several replicas and a short time-out, fail open where a policy can wait, and watch their certificates.',
  },
  sources: [
    'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/',
    'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/',
  ],
  needs: ['replicas'],
  helpedBy: [
    'deployments',
    'replicasets',
    'statefulsets',
    'daemonsets',
    'jobs',
    'events',
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
    'service-backends',
  ],
  explains: ['bad-revision'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    return refusedCreations(facts).flatMap((refused) => {
      const policy = policyDenied.exec(refused.words);
      if (policy !== null)
        return [
          refusalFinding(refused, {
            weight: 'conclusive',
            because: [
              claim(
                `${refused.missing} pods of ${refused.workload.name} cannot be created: ${policy[1] ?? policy[2]} denies them.`,
                ...refused.citations,
              ),
            ],
            wouldSettle: ['kubectl get validatingadmissionpolicies,validatingadmissionpolicybindings'],
          }),
        ];
      const denial = denied.exec(refused.words)?.[1];
      const silence = notCalled.exec(refused.words);
      const name = denial ?? silence?.[1];
      if (name === undefined) return [];
      const found = configurationOf(name, [facts.validatingwebhookconfigurations, facts.mutatingwebhookconfigurations]);
      const behind = found === undefined ? [] : backingOf(found, name, facts['service-backends']);
      const says =
        denial === undefined
          ? `${refused.missing} pods of ${refused.workload.name} cannot be created: webhook ${name} does not answer (${silence?.[2]?.slice(0, 160) ?? ''}).`
          : `${refused.missing} pods of ${refused.workload.name} cannot be created: webhook ${name} denies them.`;
      const isSilent = denial === undefined && found !== undefined;
      return [
        refusalFinding(refused, {
          // Which configuration is behind it, and what is behind that, only their lists would tell.
          weight: denial === undefined && found === undefined ? 'likely' : 'conclusive',
          because: [claim(says, ...refused.citations), ...behind.flatMap((each) => each.claims)],
          blames: behind.map((each) => each.subject),
          ...(isSilent ? { subject: subject(found.kind, undefined, found.metadata.name) } : {}),
          wouldSettle: ['kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations'],
        }),
      ];
    });
  },

  recognises: [
    {
      story: 'A policy denies the pods.',
      given: exampleRefusal('admission webhook "policy.example.com" denied the request: label "team" is required'),
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'A policy that the API server judges by itself denies them.',
      given: exampleRefusal(
        `pods "cart-5d4f8c7b9-x" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'everywhere' denied request: images must carry a tag`,
      ),
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The webhook has no endpoints, and nothing passes without it.',
      given: {
        ...exampleRefusal(
          'Internal error occurred: failed calling webhook "inject.mesh.example": failed to call webhook: Post "https://injector.mesh.svc:443/inject?timeout=10s": no endpoints available for service "injector"',
        ),
        mutatingwebhookconfigurations: [
          {
            metadata: { name: 'mesh-injector' },
            webhooks: [
              { name: 'inject.mesh.example', failurePolicy: 'Fail', clientConfig: { service: { namespace: 'mesh', name: 'injector' } } },
            ],
          },
        ],
      },
      finds: [{ kind: 'MutatingWebhookConfiguration', name: 'mesh-injector' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A quota refuses.',
      given: exampleRefusal(
        'pods "cart-5d4f8c7b9-x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4',
      ),
    },
    {
      story: 'A webhook exists, and nothing is refused.',
      given: {
        pods: [],
        deployments: [],
        replicasets: [],
        validatingwebhookconfigurations: [
          { metadata: { name: 'policy' }, webhooks: [{ name: 'policy.example.com', failurePolicy: 'Fail' }] },
        ],
      },
    },
  ],
});

type Configuration = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;

function configurationOf(
  name: string,
  lists: readonly [Collection<ValidatingWebhookConfiguration> | undefined, Collection<MutatingWebhookConfiguration> | undefined],
): Configuration | undefined {
  const all: readonly Configuration[] = [...(lists[0]?.all ?? []), ...(lists[1]?.all ?? [])];
  return all.find((each) => each.webhooks.some((webhook) => webhook.name === name));
}

function backingOf(
  found: Configuration,
  name: string,
  backends: ServiceBackends | undefined,
): readonly { readonly subject: Subject; readonly claims: readonly Claim[] }[] {
  return found.webhooks
    .filter((webhook) => webhook.name === name)
    .flatMap((webhook) => {
      const { service } = webhook.clientConfig;
      if (service?.name === undefined) return [];
      const backend = backends?.ofService(service.namespace, service.name);
      const ready = backend?.endpoints?.ready;
      const state =
        backend === undefined || ready === undefined
          ? []
          : [
              claim(
                `Its Service ${service.namespace}/${service.name} has ${ready} ready endpoints.`,
                citeObject(backend.service, `${ready} ready endpoints`),
              ),
            ];
      return [
        {
          subject: subject('Service', service.namespace, service.name),
          claims: [
            claim(
              `Its failurePolicy is ${webhook.failurePolicy ?? 'Fail'}.`,
              citeObject(found, `webhooks[${name}].failurePolicy: ${webhook.failurePolicy ?? 'Fail'}`),
            ),
            ...state,
          ],
        },
      ];
    });
}
