import { type Claim, citeList, citeObject, claim, claimFromAll } from '../../domain/citation.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { exampleDeployment, examplePod } from '../../domain/example-objects.ts';
import type { Facts } from '../../domain/facts.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import { matchesLabels, spokenSelector } from '../../domain/label-selector.ts';
import type { Backend } from '../../domain/service-backends.ts';
import { complaintsByService } from '../../domain/service-complaints.ts';
import { isSimilarName } from '../../domain/similar-name.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

type Labels = { readonly [key: string]: string };

export const serviceSelectsNoPods = defineFailureMode({
  id: 'service-selects-no-pods',
  title: 'A Service selects no pods',
  role: 'cause',
  explanation: {
    whatItIs:
      'The labels that a Service looks for are carried by no pod, so it has no endpoints, although the pods that it was made for run.',
    howItLooks:
      'Clients are refused or get 503 at once; the pods behind are Running and Ready; `kubectl get endpointslices` shows none for the Service.',
    whyItHappens:
      "A label was renamed on one side only, a selector has a slip, or a chart's values differ between the Service and the workload.",
    whatStopsTheBleeding: "Put the selector (or the pods' labels) back to what it was.",
    whatFixesIt: 'Make the selector match the labels of the pod template, both from one definition.',
    howToPreventIt: 'Alert on Services that lose all endpoints, and check selectors against templates before applying.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/services-networking/service/#services-with-selectors',
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpointslices',
  ],
  needs: ['service-backends', 'pods'],
  helpedBy: ['log-clues', 'connectivity-probes', 'deployments', 'statefulsets', 'daemonsets', 'ingresses'],
  explains: [
    'dependency-refuses-connections',
    'dependency-times-out',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'liveness-probe-misconfigured',
    'init-container-blocked',
    'ingress-backend-missing',
  ],
  mitigations: [],
  recognise(facts) {
    const complaintsOf = complaintsByService(facts);
    return facts['service-backends'].all
      .filter((backend) => isEmpty(backend) && facts.pods.isComplete(backend.service.metadata.namespace) && !hasWorkload(backend, facts))
      .flatMap((backend): readonly Finding[] => {
        const { metadata, spec } = backend.service;
        const meant = facts.pods
          .inNamespace(metadata.namespace)
          .filter((pod) => pod.status.phase === 'Running' && isMeant(spec.selector, metadata.name, pod));
        const isOrphaned = meant.length > 0 && meant.every((pod) => facts['service-backends'].ofPod(pod).length === 0);
        const complaints = complaintsOf(backend);
        const weight = weigh(isOrphaned, complaints.citations.length > 0, mayHaveUnseenWorkload(facts));
        if (weight === undefined) return [];
        const own = subject('Service', metadata.namespace, metadata.name);
        const selector = spokenSelector({ matchLabels: spec.selector });
        const heard = claimFromAll(`Clients do not reach Service ${metadata.name}.`, complaints.citations);
        const changedAt = metadata.managedFields.filter((field) => field.paths.some((path) => path.startsWith('spec.selector'))).at(-1)?.at;
        const toTell = shellCommand`kubectl -n ${metadata.namespace ?? 'default'} get pods --show-labels, compared with the selector of Service ${metadata.name}`;
        return [
          {
            subject: own,
            weight,
            because: [
              claim(
                `Service ${metadata.name} looks for ${selector}, and no pod of the namespace carries that.`,
                citeObject(backend.service, `spec.selector: ${selector}`),
                citeList('pods', metadata.namespace, 'no pod matches'),
              ),
              ...difference(spec.selector, meant),
              ...(heard === undefined ? [] : [heard]),
              ...routedHere(metadata, facts),
            ],
            ...(changedAt === undefined ? {} : { since: changedAt }),
            affects: [own, ...complaints.clients.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name))],
            wouldSettle: weight === 'conclusive' ? [] : [toTell],
          },
        ];
      });
  },
  recognises: [
    {
      story: 'The Service looks for app=checkout, the pods say app=check-out.',
      given: {
        pods: [examplePod({ name: 'check-1-a', labels: { app: 'check-out' } })],
        services: [exampleService({ name: 'checkout' })],
        endpointslices: [],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'checkout' }],
    },
    {
      story: 'One of two labels was renamed in the workload.',
      given: {
        pods: [examplePod({ name: 'cart-1-a', labels: { app: 'cart', tier: 'back' } })],
        services: [exampleService({ name: 'cart', selector: { app: 'cart', tier: 'backend' } })],
        endpointslices: [],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Not all pods of the namespace could be read.',
      given: {
        pods: [examplePod({ name: 'check-1-a', labels: { app: 'check-out' } })],
        services: [exampleService({ name: 'checkout' })],
        endpointslices: [],
        notReadIn: { pods: ['shop'] },
      },
    },
    {
      story: 'The workload is scaled to zero: the selector is right.',
      given: {
        pods: [],
        services: [exampleService({ name: 'cart' })],
        endpointslices: [],
        deployments: [exampleDeployment({ name: 'cart', replicas: 0 }).deployment],
      },
    },
    {
      story: 'A canary Service waits for pods that nobody has started; its siblings are served by another Service.',
      given: {
        pods: [examplePod({ name: 'cart-1-a', labels: { app: 'cart', track: 'stable' } })],
        services: [
          exampleService({ name: 'cart', selector: { app: 'cart', track: 'stable' } }),
          exampleService({ name: 'cart-canary', selector: { app: 'cart', track: 'canary' } }),
        ],
        endpointslices: [exampleSlice({ service: 'cart', ready: ['10.244.1.10'] })],
      },
    },
    {
      story: 'Monitoring brought a Service for a component that this cluster does not run as pods.',
      given: {
        pods: [examplePod({ name: 'cart-1-a' })],
        services: [exampleService({ name: 'monitoring-etcd', selector: { component: 'etcd' } })],
        endpointslices: [],
      },
    },
  ],
});

function isEmpty({ service, pods, endpoints }: Backend): boolean {
  return pods?.length === 0 && (endpoints?.ready ?? 0) === 0 && service.spec.type !== 'ExternalName';
}

/** Its workload exists and simply has no pods (scaled to zero, over quota …): then the selector is right. */
function hasWorkload({ service }: Backend, facts: Facts<'pods', 'deployments' | 'statefulsets' | 'daemonsets'>): boolean {
  const { namespace } = service.metadata;
  const workloads = [
    ...(facts.deployments?.inNamespace(namespace) ?? []),
    ...(facts.statefulsets?.inNamespace(namespace) ?? []),
    ...(facts.daemonsets?.inNamespace(namespace) ?? []),
  ];
  return workloads.some((workload) => matchesLabels(service.spec.selector, workload.spec.template.metadata.labels));
}

function routedHere(
  { namespace, name }: { readonly namespace: string | undefined; readonly name: string },
  facts: Facts<'pods', 'ingresses'>,
): readonly Claim[] {
  const ingress = facts.ingresses?.inNamespace(namespace).find(({ spec }) => {
    const paths = spec.rules.flatMap((rule) => rule.http?.paths.map((path) => path.backend) ?? []);
    return [spec.defaultBackend, ...paths].some((backend) => backend?.service?.name === name);
  });
  return ingress === undefined
    ? []
    : [claim(`Ingress ${ingress.metadata.name} sends traffic to it.`, citeObject(ingress, `backend ${name}`))];
}

/** Its workload may be there and have no pods, which only its own list would tell. */
function mayHaveUnseenWorkload({ deployments, statefulsets }: Facts<'pods', 'deployments' | 'statefulsets'>): boolean {
  return deployments === undefined || statefulsets === undefined;
}

/** Undefined: a Service that nobody misses. */
function weigh(isOrphaned: boolean, isMissed: boolean, isHalfSeen: boolean): Weight | undefined {
  if (isMissed && !isOrphaned && isHalfSeen) return 'suggestive';
  if (isMissed) return isOrphaned ? 'conclusive' : 'strong';
  return isOrphaned ? 'strong' : undefined;
}

/** True where the pod was probably meant: all labels but one fit, or its workload is called like the Service, and what differs looks like a slip. */
function isMeant(selector: Labels, serviceName: string, pod: Pod): boolean {
  const { labels } = pod.metadata;
  const different = Object.entries(selector).filter(([key, value]) => labels[key] !== value);
  const isNamedAlike =
    pod.metadata.name === serviceName || pod.metadata.name.startsWith(`${serviceName}-`) || Object.values(labels).includes(serviceName);
  if (different.length !== 1 && !isNamedAlike) return false;
  return different.every(([key, value]) =>
    labels[key] === undefined ? isNamedAlike || Object.keys(selector).length > 1 : isSimilarName(labels[key] ?? '', value) || isNamedAlike,
  );
}

function difference(selector: Labels, nearby: readonly Pod[]): readonly Claim[] {
  const [pod] = nearby;
  if (pod === undefined) return [];
  const different = Object.entries(selector).filter(([key, value]) => pod.metadata.labels[key] !== value);
  const spoken = different.map(([key, value]) => `${key} is "${pod.metadata.labels[key] ?? 'not set'}" instead of "${value}"`).join(', ');
  return [
    claim(
      `${nearby.length} running pods look as if they were meant, and no Service selects them: on ${pod.metadata.name} ${spoken}.`,
      citeObject(pod, different.map(([key]) => `labels.${key}: ${pod.metadata.labels[key] ?? 'not set'}`).join(', ')),
    ),
  ];
}
