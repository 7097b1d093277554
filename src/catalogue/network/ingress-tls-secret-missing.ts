import { citeList, citeObject, claim } from '../../domain/citation.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { mostSimilar } from '../../domain/similar-name.ts';
import { subject } from '../../domain/subject.ts';

export const ingressTlsSecretMissing = defineFailureMode({
  id: 'ingress-tls-secret-missing',
  title: 'An Ingress names a certificate that does not exist',
  role: 'cause',
  explanation: {
    whatItIs: "The Secret that should hold the certificate for the Ingress's hosts is not in its namespace, or is of another kind.",
    howItLooks:
      'Browsers warn of a wrong certificate, because the controller falls back to its own; some controllers do not serve the host at all.',
    whyItHappens: 'The Secret was deleted or never issued, lives in another namespace, or its name has a slip.',
    whatStopsTheBleeding: 'Copy or issue the certificate under that name.',
    whatFixesIt: 'Let one controller issue and renew certificates, and name what it makes.',
    howToPreventIt: 'Alert on Ingresses whose Secret is missing and on certificates that were not issued.',
  },
  sources: ['https://kubernetes.io/docs/concepts/services-networking/ingress/#tls'],
  needs: ['ingresses', 'secrets'],
  helpedBy: [],
  explains: ['dependency-certificate-invalid'],
  mitigations: [],
  recognise: (facts) =>
    facts.ingresses.all.flatMap((ingress): readonly Finding[] => {
      const { metadata, spec } = ingress;
      const known = facts.secrets.inNamespace(metadata.namespace);
      const wrong = spec.tls.flatMap((entry) => {
        const name = entry.secretName;
        if (name === undefined || name === '') return [];
        const secret = facts.secrets.named(metadata.namespace, name);
        // Where a part of the Secrets was not allowed to be read, it may be among them.
        if (secret === undefined && !facts.secrets.isComplete(metadata.namespace)) return [];
        if (secret !== undefined && (secret.type === undefined || secret.type === 'kubernetes.io/tls' || secret.data.includes('tls.crt')))
          return [];
        const similar = mostSimilar(
          name,
          known.map((each) => each.metadata.name),
        );
        const hosts = entry.hosts.join(', ') || 'its hosts';
        return [
          secret === undefined
            ? claim(
                `The certificate for ${hosts} should be in Secret "${name}", which does not exist.${similar === undefined ? '' : ` There is "${similar}".`}`,
                citeObject(ingress, `spec.tls: ${name}`),
                citeList('secrets', metadata.namespace, `no Secret ${name}`),
              )
            : claim(
                `Secret "${name}" for ${hosts} is of type ${secret.type}, which holds no certificate.`,
                citeObject(ingress, `spec.tls: ${name}`),
                citeObject(secret, `type ${secret.type}`),
              ),
        ];
      });
      const [first, ...more] = wrong;
      const own = subject('Ingress', metadata.namespace, metadata.name);
      return first === undefined ? [] : [{ subject: own, weight: 'strong', because: [first, ...more], affects: [own] }];
    }),
  recognises: [
    {
      story: 'The Secret was never issued.',
      given: { ingresses: [ingress('shop-tls')], secrets: [secret('other', 'Opaque')] },
      finds: [{ kind: 'Ingress', namespace: 'shop', name: 'web' }],
    },
    {
      story: 'The namespace has no Secret at all; those of another could not be read.',
      given: { ingresses: [ingress('shop-tls')], secrets: [], notReadIn: { secrets: ['vault'] } },
      finds: [{ kind: 'Ingress', namespace: 'shop', name: 'web' }],
    },
  ],
  isNotFooledBy: [
    { story: 'The Secret is there.', given: { ingresses: [ingress('shop-tls')], secrets: [secret('shop-tls', 'kubernetes.io/tls')] } },
    {
      story: 'The Secrets of its namespace could not be read.',
      given: { ingresses: [ingress('shop-tls')], secrets: [], notReadIn: { secrets: ['shop'] } },
    },
    {
      story: 'The controller chooses a certificate by host.',
      given: { ingresses: [ingress(undefined)], secrets: [secret('other', 'Opaque')] },
    },
  ],
});

function ingress(secretName: string | undefined): { readonly [field: string]: unknown } {
  return {
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { tls: [{ hosts: ['shop.example'], ...(secretName === undefined ? {} : { secretName }) }] },
  };
}

function secret(name: string, type: string): { readonly [field: string]: unknown } {
  return { kind: 'Secret', metadata: { name, namespace: 'shop' }, type };
}
