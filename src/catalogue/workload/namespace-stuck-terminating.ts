import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute, spokenDuration } from '../../domain/instant.ts';
import { subject } from '../../domain/subject.ts';

/** Namespaces with much in them take minutes to empty; beyond ten something holds them. */
const patienceMilliseconds = 10 * millisecondsPerMinute;

/** What the namespace controller says holds the deletion up. Source: kubernetes/pkg/controller/namespace/deletion. */
const holding: ReadonlyMap<string, string> = new Map([
  ['NamespaceDeletionDiscoveryFailure', 'an API that should be asked for its objects does not answer'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'the name of an API cannot be read'],
  ['NamespaceDeletionContentFailure', 'objects in it cannot be deleted'],
  ['NamespaceContentRemaining', 'objects are left in it'],
  ['NamespaceFinalizersRemaining', 'objects in it wait for their finalizers'],
]);

/** A namespace was deleted and does not go away. */
export const namespaceStuckTerminating = defineFailureMode({
  id: 'namespace-stuck-terminating',
  title: 'A deleted namespace does not go away',
  role: 'cause',
  explanation: {
    whatItIs:
      'The namespace is being emptied, and something in it, or an API that must be asked about it, holds that up; nothing new can be created in it.',
    howItLooks: 'Terminating in `kubectl get namespaces`; its conditions say what is left; creations fail with "being terminated".',
    whyItHappens: 'Objects with a finalizer whose controller is gone, or an aggregated API (metrics, custom) that does not answer.',
    whatStopsTheBleeding: 'Deploy elsewhere meanwhile: what is being terminated cannot be brought back.',
    whatFixesIt: 'Bring back the controller or the API that is named; take finalizers away only when their work is known to be done.',
    howToPreventIt: 'Delete custom resources before the controllers that own them.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/',
  ],
  needs: ['namespaces'],
  helpedBy: [],
  explains: [],
  mitigations: [],

  recognise(facts) {
    return facts.namespaces.all.flatMap((namespace) => {
      const { name, deletionTimestamp: since } = namespace.metadata;
      if (since === undefined || facts.now - since < patienceMilliseconds) return [];
      const told = namespace.status.conditions.filter((condition) => condition.status === 'True' && holding.has(condition.type ?? ''));
      const why = told.map(
        (condition): Claim =>
          claim(
            `${sentence(holding.get(condition.type ?? '') ?? '')}.`,
            citeObject(
              namespace,
              `status.conditions[${condition.type}]: ${condition.message ?? condition.reason ?? ''}`,
              condition.lastTransitionTime,
            ),
          ),
      );
      const isDiscovery = told.some((condition) => condition.type === 'NamespaceDeletionDiscoveryFailure');
      const failed = /([\w.-]+\/v\d\w*)/
        .exec(told.find((condition) => condition.type === 'NamespaceDeletionDiscoveryFailure')?.message ?? '')?.[1]
        ?.split('/');
      const own = subject('Namespace', undefined, name);
      return [
        {
          subject: own,
          weight: told.length > 0 ? ('conclusive' as const) : ('suggestive' as const),
          since,
          affects: [own],
          because: [
            claim(
              `Namespace ${name} should be gone for ${spokenDuration(facts.now - since)}.`,
              citeObject(namespace, 'metadata.deletionTimestamp', since),
            ),
            ...why,
          ] as const,
          blames: isDiscovery && failed !== undefined ? [subject('APIService', undefined, `${failed[1]}.${failed[0]}`)] : [],
        },
      ];
    });
  },

  recognises: [
    {
      story: 'A finalizer of a custom resource is left.',
      given: { namespaces: [terminating(60, 'NamespaceFinalizersRemaining')] },
      finds: [{ kind: 'Namespace', name: 'shop' }],
    },
    { story: 'The metrics API does not answer.', given: { namespaces: [terminating(60, 'NamespaceDeletionDiscoveryFailure')] } },
  ],
  isNotFooledBy: [
    { story: 'Deleted two minutes ago.', given: { namespaces: [terminating(2, 'NamespaceContentRemaining')] } },
    { story: 'Nobody deleted it.', given: { namespaces: [{ metadata: { name: 'shop' }, status: { phase: 'Active' } }] } },
  ],
});

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function terminating(sinceMinutesAgo: number, type: string): RawObject {
  const message =
    'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1';
  return {
    metadata: { name: 'shop', deletionTimestamp: minutesAgo(sinceMinutesAgo) },
    status: { phase: 'Terminating', conditions: [{ type, status: 'True', reason: 'Remaining', message }] },
  };
}
