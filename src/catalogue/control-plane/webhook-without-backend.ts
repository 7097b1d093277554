import { citeList, citeObject, type Claim, claim } from '../../domain/citation.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { endpointCitation } from '../../domain/endpoint-citation.ts';
import { blamedBehind } from '../../domain/blamed-backend.ts';
import { citeEvent, isRecentEvent } from '../../domain/event-index.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../../domain/kubernetes/access.ts';
import type { Event } from '../../domain/kubernetes/workload.ts';
import { type Subject, subject } from '../../domain/subject.ts';

type Configuration = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;

export const webhookWithoutBackend = defineFailureMode({
  id: 'webhook-without-backend',
  title: 'An admission webhook has nobody to answer it',
  role: 'cause',
  explanation: {
    whatItIs:
      'The API server must ask a webhook before it accepts certain objects, nobody answers behind it, and its policy is to refuse in that case.',
    howItLooks:
      'Creating pods or other objects fails with "failed calling webhook … no endpoints available for service"; Deployments get no new pods.',
    whyItHappens:
      "The webhook's pods are down (at times because the webhook forbids their own start), or its Service or namespace was deleted and the configuration stayed.",
    whatStopsTheBleeding:
      'Bring its pods back; where it was uninstalled, delete its configuration; else set failurePolicy to Ignore for the time being.',
    whatFixesIt: 'Run several replicas, and exempt its own namespace and kube-system from it.',
    howToPreventIt: 'Use failurePolicy Fail only where it must be, with a short timeout and a narrow selector.',
  },
  sources: [
    'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy',
    'https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/',
  ],
  needs: ['service-backends'],
  helpedBy: ['services', 'validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'events', 'replicas'],
  explains: ['admission-webhook-refuses', 'rollout-progress-deadline-exceeded', 'daemonset-not-everywhere'],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    const refused = (facts.events?.all ?? []).filter(
      (event) => /failed calling webhook|failed to call webhook/i.test(event.message ?? '') && isRecentEvent(event, facts.now),
    );
    const all: readonly Configuration[] = [
      ...(facts.validatingwebhookconfigurations?.all ?? []),
      ...(facts.mutatingwebhookconfigurations?.all ?? []),
    ];
    return all.flatMap((configuration) =>
      configuration.webhooks.flatMap((webhook): readonly Finding[] => {
        const service = webhook.clientConfig.service;
        // "Fail" is what the API server assumes where nothing is written.
        if (service?.name === undefined || webhook.failurePolicy === 'Ignore') return [];
        const backend = facts['service-backends'].ofService(service.namespace, service.name);
        const isGone = backend === undefined;
        if (!isGone && (backend.endpoints === undefined || backend.endpoints.ready > 0)) return [];
        const told = refused.filter(
          (event) =>
            (event.message ?? '').includes(`"${webhook.name ?? ''}"`) || (event.message ?? '').includes(`service "${service.name}"`),
        );
        if (isGone && told.length === 0 && facts.services?.isComplete(service.namespace) !== true) return [];
        const shown = citeObject(
          configuration,
          `${webhook.name ?? '?'}: failurePolicy ${webhook.failurePolicy ?? 'Fail'}, service ${service.namespace ?? ''}/${service.name}`,
        );
        const because: readonly [Claim, ...Claim[]] = [
          isGone
            ? claim(
                `Webhook ${webhook.name} asks Service ${service.namespace}/${service.name}, which does not exist.`,
                shown,
                citeList('services', service.namespace, `no Service ${service.name}`),
              )
            : claim(
                `Webhook ${webhook.name} asks Service ${service.namespace}/${service.name}, which has no ready endpoint.`,
                shown,
                endpointCitation(backend, `0 ready, ${backend.endpoints?.notReady ?? 0} not ready`),
              ),
          ...told.slice(0, 3).map((event) => claim(`It was refused: ${(event.message ?? '').slice(0, 250)}`, citeEvent(event))),
        ];
        const own = subject(configuration.kind, undefined, configuration.metadata.name);
        return [
          {
            subject: own,
            weight: told.length > 0 ? 'conclusive' : isGone ? 'suggestive' : 'strong',
            because,
            affects: distinct([own, ...told.flatMap(ownersOf)]),
            blames: isGone ? [subject('Service', service.namespace, service.name)] : blamedBehind(backend, facts.replicas),
          },
        ];
      }),
    );
  },
  recognises: [
    {
      story: 'The policy engine is down and every new pod is refused.',
      given: {
        pods: [examplePod({ name: 'guard-1-a', namespace: 'guard', isReady: false })],
        services: [exampleService({ name: 'guard', namespace: 'guard' })],
        endpointslices: [exampleSlice({ service: 'guard', namespace: 'guard', notReady: ['10.244.1.4'] })],
        validatingwebhookconfigurations: [configuration({ failurePolicy: 'Fail' })],
        events: [
          exampleEvent({
            about: { kind: 'ReplicaSet', name: 'cart-1' },
            reason: 'FailedCreate',
            message:
              'Error creating: Internal error occurred: failed calling webhook "check.guard.example": failed to call webhook: Post "https://guard.guard.svc:443/check?timeout=10s": no endpoints available for service "guard"',
          }),
        ],
      },
      finds: [{ kind: 'ValidatingWebhookConfiguration', name: 'guard' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Its Service lies in a namespace that may not be read, and nobody was refused.',
      given: {
        pods: [],
        services: [exampleService({ name: 'cart' })],
        endpointslices: [],
        validatingwebhookconfigurations: [configuration({ failurePolicy: 'Fail' })],
        notReadIn: { services: ['guard'] },
      },
    },
    {
      story: 'Nobody answers, and the policy is to go on without an answer.',
      given: {
        pods: [],
        services: [exampleService({ name: 'guard', namespace: 'guard' })],
        endpointslices: [],
        validatingwebhookconfigurations: [configuration({ failurePolicy: 'Ignore' })],
      },
    },
    {
      story: 'The webhook answers.',
      given: {
        pods: [examplePod({ name: 'guard-1-a', namespace: 'guard' })],
        services: [exampleService({ name: 'guard', namespace: 'guard' })],
        endpointslices: [exampleSlice({ service: 'guard', namespace: 'guard', ready: ['10.244.1.4'] })],
        validatingwebhookconfigurations: [configuration({ failurePolicy: 'Fail' })],
      },
    },
  ],
});

function configuration(fields: object): { readonly [field: string]: unknown } {
  return {
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [{ name: 'check.guard.example', clientConfig: { service: { name: 'guard', namespace: 'guard' } }, ...fields }],
  };
}

/** The object of the event, and for a ReplicaSet by its usual name the Deployment above it. */
function ownersOf({ involvedObject: { kind, namespace, name } }: Event): readonly Subject[] {
  if (kind === undefined || name === undefined) return [];
  const above = kind === 'ReplicaSet' ? /^(.+)-[a-z0-9]{6,10}$/.exec(name)?.[1] : undefined;
  return [subject(kind, namespace, name), ...(above === undefined ? [] : [subject('Deployment', namespace, above)])];
}
