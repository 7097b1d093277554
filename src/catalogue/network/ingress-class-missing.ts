import type { JudgedAlert } from '../../domain/alert.ts';
import { citeList, citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import type { Ingress } from '../../domain/kubernetes/network.ts';
import { mostSimilar } from '../../domain/similar-name.ts';
import { subject } from '../../domain/subject.ts';

/** Controllers take up a new Ingress within seconds; load balancers of providers within minutes. */
const graceMilliseconds = 5 * millisecondsPerMinute;

export const ingressClassMissing = defineFailureMode({
  id: 'ingress-class-missing',
  title: 'No controller takes care of an Ingress',
  role: 'cause',
  explanation: {
    whatItIs: 'The Ingress names a class that the cluster does not have, or names none and there is no default, so nobody serves it.',
    howItLooks: "The Ingress never gets an address; its hosts answer 404 from the controller's default backend or not at all.",
    whyItHappens: 'A slip, a class of another cluster, a controller that was removed, or the old annotation instead of ingressClassName.',
    whatStopsTheBleeding: 'Name a class that exists.',
    whatFixesIt: 'Set ingressClassName, or mark one class as the default.',
    howToPreventIt: 'Alert on Ingresses without an address, and check class names before applying.',
  },
  sources: ['https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class'],
  needs: ['ingresses', 'ingressclasses'],
  helpedBy: ['judged-alert'],
  explains: [],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    const names = facts.ingressclasses.all.map((each) => each.metadata.name);
    const hasDefault = facts.ingressclasses.all.some(
      ({ metadata }) => metadata.annotations['ingressclass.kubernetes.io/is-default-class'] === 'true',
    );
    return facts.ingresses.all.flatMap((ingress): readonly Finding[] => {
      const { metadata, spec, status } = ingress;
      const byAnnotation = metadata.annotations['kubernetes.io/ingress.class'];
      const named = spec.ingressClassName;
      const isYoung = metadata.creationTimestamp !== undefined && facts.now - metadata.creationTimestamp < graceMilliseconds;
      // Whoever gave it an address serves it.
      if (status.loadBalancer.ingress.length > 0 || isYoung || !facts.ingressclasses.isComplete(undefined)) return [];
      const asked = named ?? byAnnotation;
      if (asked === undefined ? hasDefault : names.includes(asked)) return [];
      // The old annotation may name a controller without a class object; a page about its host says that nobody serves it.
      if (named === undefined && byAnnotation !== undefined && !isPagedFor(ingress, facts['judged-alert'])) return [];
      const similar = asked === undefined ? undefined : mostSimilar(asked, names);
      const says =
        asked === undefined
          ? `Ingress ${metadata.name} names no class, and no class is the default.`
          : `Ingress ${metadata.name} names class "${asked}", which does not exist.${similar === undefined ? '' : ` There is "${similar}".`}`;
      const own = subject('Ingress', metadata.namespace, metadata.name);
      return [
        {
          // Some controllers take every Ingress without a class, and not all of them write an address into it.
          subject: own,
          weight: named !== undefined ? 'conclusive' : byAnnotation === undefined ? 'weak' : 'likely',
          because: [
            claim(
              says,
              citeObject(ingress, `spec.ingressClassName: ${named ?? 'not set'}${annotated(byAnnotation)}; no address`),
              citeList('ingressclasses', undefined, `classes: ${names.join(', ') || 'none'}`),
            ),
          ],
          ...(metadata.creationTimestamp === undefined ? {} : { since: metadata.creationTimestamp }),
          affects: [own],
        },
      ];
    });
  },
  recognises: [
    {
      story: 'The class is called "nginx", the Ingress says "ngnix".',
      given: { ingresses: [ingress({ ingressClassName: 'ngnix' })], ingressclasses: [ingressClass('nginx')] },
      finds: [{ kind: 'Ingress', namespace: 'shop', name: 'web' }],
    },
    {
      story: 'The old annotation names a controller that is gone, and the page is about the host.',
      given: {
        ingresses: [annotatedIngress()],
        ingressclasses: [ingressClass('nginx')],
        'judged-alert': pageAbout('https://web.example/'),
      },
      finds: [{ kind: 'Ingress', namespace: 'shop', name: 'web' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The old annotation names the controller, and the page is about another host.',
      given: {
        ingresses: [annotatedIngress()],
        ingressclasses: [ingressClass('nginx')],
        'judged-alert': pageAbout('https://web.example.org/'),
      },
    },
    {
      story: 'Not all classes could be read.',
      given: {
        ingresses: [ingress({ ingressClassName: 'ngnix' })],
        ingressclasses: [ingressClass('nginx')],
        notReadIn: { ingressclasses: [] },
      },
    },
    { story: 'The class exists.', given: { ingresses: [ingress({ ingressClassName: 'nginx' })], ingressclasses: [ingressClass('nginx')] } },
    {
      story: 'No class object exists, but somebody has given it an address.',
      given: {
        ingresses: [{ ...ingress({ ingressClassName: 'alb' }), status: { loadBalancer: { ingress: [{ hostname: 'lb.example' }] } } }],
        ingressclasses: [],
      },
    },
    {
      story: 'The old annotation names the controller.',
      given: {
        ingresses: [annotatedIngress()],
        ingressclasses: [],
      },
    },
  ],
});

function annotated(byAnnotation: string | undefined): string {
  return byAnnotation === undefined ? '' : `, annotation kubernetes.io/ingress.class: ${byAnnotation}`;
}

/** The page is real and names one of its hosts, as probes from outside do. */
function isPagedFor({ spec }: Ingress, page: JudgedAlert | undefined): boolean {
  if (page?.judgement.verdict !== 'real' && page?.judgement.verdict !== 'cannot-tell') return false;
  const words = [page.alert.summary, ...Object.values(page.alert.labels)].flatMap((text) => text.toLowerCase().split(/[^a-z0-9.-]+/));
  return spec.rules.some(({ host }) => host !== undefined && words.includes(host.toLowerCase()));
}

function annotatedIngress(): { readonly [field: string]: unknown } {
  const plain = ingress({ rules: [{ host: 'web.example' }] });
  return { ...plain, metadata: { ...(plain['metadata'] as object), annotations: { 'kubernetes.io/ingress.class': 'agic' } } };
}

function pageAbout(address: string): JudgedAlert {
  return exampleJudgedAlert('cannot-tell', { instance: address });
}

function ingress(spec: object): { readonly [field: string]: unknown } {
  return { kind: 'Ingress', metadata: { name: 'web', namespace: 'shop', creationTimestamp: minutesAgo(60) }, spec };
}

function ingressClass(name: string): { readonly [field: string]: unknown } {
  return { kind: 'IngressClass', metadata: { name }, spec: { controller: 'k8s.io/ingress-nginx' } };
}
