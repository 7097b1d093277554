import { citeList, citeObject, type Claim, claim } from '../../domain/citation.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { exampleService } from '../../domain/example-network.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Ingress, Service } from '../../domain/kubernetes/network.ts';
import type { Collection } from '../../domain/collection.ts';
import { mostSimilar } from '../../domain/similar-name.ts';
import { subject } from '../../domain/subject.ts';

type BackendReference = NonNullable<Ingress['spec']['defaultBackend']>;

export const ingressBackendMissing = defineFailureMode({
  id: 'ingress-backend-missing',
  title: 'An Ingress sends traffic to a Service or port that does not exist',
  role: 'cause',
  explanation: {
    whatItIs: 'A rule of the Ingress names a Service that is not in its namespace, or a port that the Service does not have.',
    howItLooks: 'Visitors of that host or path get 503 or 404 from the ingress controller, while the workload is well.',
    whyItHappens: 'The Service was renamed, deleted or lives in another namespace, or its port changed.',
    whatStopsTheBleeding: 'Put the backend of the rule (or the Service) back to what it was.',
    whatFixesIt: 'Let Ingress and Service come from one definition.',
    howToPreventIt: 'Check backends of Ingresses before applying, and probe every host and path from outside.',
  },
  sources: ['https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules'],
  needs: ['ingresses', 'services'],
  helpedBy: [],
  explains: [],
  mitigations: [],
  recognise: (facts) =>
    facts.ingresses.all.flatMap((ingress): readonly Finding[] => {
      const { metadata, spec } = ingress;
      const backends = [
        ...(spec.defaultBackend === undefined ? [] : [{ where: 'its default', backend: spec.defaultBackend }]),
        ...spec.rules.flatMap((rule) =>
          (rule.http?.paths ?? []).flatMap((path) =>
            path.backend === undefined ? [] : [{ where: `${rule.host ?? '*'}${path.path ?? '/'}`, backend: path.backend }],
          ),
        ),
      ];
      const wrong = backends.flatMap(({ where, backend }) => judge(ingress, where, backend, facts.services));
      const [first, ...more] = wrong;
      if (first === undefined) return [];
      const own = subject('Ingress', metadata.namespace, metadata.name);
      const changedAt = metadata.managedFields.filter((field) => field.paths.some((path) => path.startsWith('spec'))).at(-1)?.at;
      return [
        {
          subject: own,
          weight: 'conclusive',
          because: [first, ...more.slice(0, 4)],
          ...(changedAt === undefined ? {} : { since: changedAt }),
          affects: distinct([own]),
        },
      ];
    }),
  recognises: [
    {
      story: 'The Service is called "cart", the rule says "carts".',
      given: { services: [exampleService({ name: 'cart' })], ingresses: [ingress({ service: { name: 'carts', port: { number: 80 } } })] },
      finds: [{ kind: 'Ingress', namespace: 'shop', name: 'web' }],
    },
    {
      story: 'The Service has port 80, the rule says 8080.',
      given: { services: [exampleService({ name: 'cart' })], ingresses: [ingress({ service: { name: 'cart', port: { number: 8080 } } })] },
      finds: [{ kind: 'Ingress', namespace: 'shop', name: 'web' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Not all Services of the namespace could be read.',
      given: {
        services: [exampleService({ name: 'cart' })],
        ingresses: [ingress({ service: { name: 'carts', port: { number: 80 } } })],
        notReadIn: { services: ['shop'] },
      },
    },
    {
      story: 'The port is named, and the Service has that name.',
      given: {
        pods: [examplePod({ name: 'cart-1-a' })],
        services: [exampleService({ name: 'cart', ports: [{ name: 'http', port: 80 }] })],
        ingresses: [ingress({ service: { name: 'cart', port: { name: 'http' } } })],
      },
    },
    {
      story: 'The controller serves the path by an annotation of its own, with a pseudo port.',
      given: {
        services: [exampleService({ name: 'cart' })],
        ingresses: [ingress({ service: { name: 'ssl-redirect', port: { name: 'use-annotation' } } })],
      },
    },
    {
      story: 'The backend is a resource of the provider.',
      given: { services: [], ingresses: [ingress({ resource: { kind: 'StorageBucket', name: 'static' } })] },
    },
  ],
});

function judge(ingress: Ingress, where: string, backend: BackendReference, services: Collection<Service>): readonly Claim[] {
  const wanted = backend.service;
  // The load balancer controller of AWS writes actions into annotations and names them like backends.
  if (wanted?.name === undefined || wanted.port.name === 'use-annotation') return [];
  const { namespace } = ingress.metadata;
  const service = services.named(namespace, wanted.name);
  const shown = citeObject(ingress, `${where}: service ${wanted.name}, port ${wanted.port.name ?? wanted.port.number ?? '?'}`);
  if (service === undefined && !services.isComplete(namespace)) return [];
  if (service === undefined) {
    const similar = mostSimilar(
      wanted.name,
      services.inNamespace(namespace).map((each) => each.metadata.name),
    );
    return [
      claim(
        `${where} leads to Service "${wanted.name}", which does not exist.${similar === undefined ? '' : ` There is "${similar}".`}`,
        shown,
        citeList('services', namespace, `no Service ${wanted.name}`),
      ),
    ];
  }
  const isThere =
    service.spec.type === 'ExternalName' ||
    service.spec.ports.some((port) => (wanted.port.name === undefined ? port.port === wanted.port.number : port.name === wanted.port.name));
  return isThere
    ? []
    : [
        claim(
          `${where} leads to port ${wanted.port.name ?? wanted.port.number ?? '?'} of Service "${wanted.name}", which has ${service.spec.ports.map((port) => `${port.name ?? ''} ${port.port}`.trim()).join(', ') || 'none'}.`,
          shown,
          citeObject(service, 'spec.ports'),
        ),
      ];
}

function ingress(backend: object): { readonly [field: string]: unknown } {
  return {
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { rules: [{ host: 'shop.example', http: { paths: [{ path: '/', backend }] } }] },
  };
}
