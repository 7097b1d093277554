import { type AccessRequest, isAllowed, parseRefusal } from '../../domain/access-review.ts';
import { type Claim, citeList, claim } from '../../domain/citation.ts';
import type { JudgedAlert } from '../../domain/alert.ts';
import { repeatedTimes } from '../../domain/dependency-trouble.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The API server refuses what the program asks of it: its service account lacks the role for it. */
export const permissionsDeniedToWorkload = defineFailureMode({
  id: 'permissions-denied-to-workload',
  title: 'The API server refuses the workload: its service account lacks a permission',
  role: 'cause',
  explanation: {
    whatItIs:
      'The program talks to the Kubernetes API as its service account, and no role that is bound to the account allows what it asks.',
    howItLooks:
      'The log says: … is forbidden: User "system:serviceaccount:…" cannot get resource "…"; the program crashes, or runs without doing its work.',
    whyItHappens: 'A role binding was deleted, names another namespace or account, or a new version needs one more verb or resource.',
    whatStopsTheBleeding: 'Put the role or binding back, or roll back to the version that does with what it has.',
    whatFixesIt: 'Grant exactly the verbs and resources that the log names, in the namespace that it names.',
    howToPreventIt: 'Ship roles with the workload, and try them with `kubectl auth can-i --as` in the pipeline.',
  },
  sources: [
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
    'https://kubernetes.io/docs/concepts/security/service-accounts/',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings', 'judged-alert'],
  explains: [
    'bad-revision',
    'init-container-blocked',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'job-backoff-limit',
    'job-failed',
  ],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts['log-clues']
      .filter((clue) => clue.kind === 'forbidden-by-api')
      .flatMap((clue): readonly Denied[] => {
        const request = parseRefusal(clue.line);
        const allowed = request === undefined ? undefined : isAllowed(request, facts);
        // What is allowed by now was granted after the line was written.
        if (request === undefined || !isOwn(request, clue.replica) || allowed === true) return [];
        const weight = weightOf(clue, allowed, facts['judged-alert']);
        return [{ replica: clue.replica, request, allowed, weight, citations: [clue.citation] }];
      });
    return byWorkload(seen).map((group) => {
      const [{ request, replica, weight }] = group;
      const what = request.path ?? `${request.resource ?? ''}${request.group === '' ? '' : `.${request.group}`}`;
      const where = request.namespace === undefined ? 'at the cluster scope' : `in namespace ${request.namespace}`;
      return findingOf(group, {
        weight: group.some((each) => each.weight === 'conclusive') ? 'conclusive' : weight,
        because: [
          claimOfAll(
            `The API server refuses ${countOf([...new Set(group.map((each) => each.replica))])}: ${request.user} may not ${request.verb} ${what} ${where}.`,
            group,
          ),
          ...noRole(group[0]),
        ],
        wouldSettle: [
          `${shellCommand`kubectl auth can-i ${request.verb} ${what} --as=${request.user}`}${request.namespace === undefined ? '' : shellCommand` -n ${request.namespace}`}`,
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} get rolebindings -o wide`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'A controller ends because it may not list what it watches, and no role says otherwise.',
      given: {
        pods: [failing()],
        'container-logs': [forbidden()],
        roles: [],
        clusterroles: [],
        clusterrolebindings: [],
        rolebindings: [
          {
            metadata: { name: 'cart', namespace: 'other' },
            subjects: [{ kind: 'ServiceAccount', name: 'cart', namespace: 'shop' }],
            roleRef: { kind: 'ClusterRole', name: 'view' },
          },
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The pod is Ready and refused again and again, and the page names its workload.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', labels: { 'pod-template-hash': '7f9' }, spec: { serviceAccountName: 'cart' } })],
        'container-logs': [{ ...forbidden(), text: Array(3).fill(forbidden().text).join('\n') }],
        'judged-alert': exampleJudgedAlert('real', { namespace: 'shop', deployment: 'cart' }),
      },
    },
    { story: 'Roles could not be read; the log alone says so.', given: { pods: [failing()], 'container-logs': [forbidden()] } },
  ],
  isNotFooledBy: [
    {
      story: 'The role has been granted since.',
      given: {
        pods: [failing()],
        'container-logs': [forbidden()],
        clusterroles: [],
        clusterrolebindings: [],
        roles: [
          {
            metadata: { name: 'reader', namespace: 'shop' },
            rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
          },
        ],
        rolebindings: [
          {
            metadata: { name: 'cart', namespace: 'shop' },
            subjects: [{ kind: 'ServiceAccount', name: 'cart', namespace: 'shop' }],
            roleRef: { kind: 'Role', name: 'reader' },
          },
        ],
      },
    },
    {
      story: 'It passes on that somebody else was refused.',
      given: {
        pods: [failing()],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'app',
            text: 'audit: pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "shop"',
          },
        ],
      },
    },
    {
      story: 'A file may not be written.',
      given: {
        pods: [failing()],
        'container-logs': [{ namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'open /data/x: permission denied' }],
      },
    },
  ],
});

interface Denied extends Sighting {
  readonly request: AccessRequest;
  readonly allowed: boolean | undefined;
  readonly weight: Weight;
}

/** A program that goes on without what it was refused does its other work: that it matters is what a page about it says. */
function weightOf(clue: LogClue, allowed: boolean | undefined, page: JudgedAlert | undefined): Weight {
  const { replica } = clue;
  if (replica.health === 'failing') return allowed === false && clue.isNearEnd ? 'conclusive' : 'strong';
  const { namespace, name } = replica.workload;
  const isOpen = page?.judgement.verdict === 'real' || page?.judgement.verdict === 'cannot-tell';
  if (isOpen && clue.count >= repeatedTimes && isNamedByAlert(page.alert, { namespace, names: [name] })) return 'strong';
  return allowed === false ? 'suggestive' : 'weak';
}

/** Programs that pass on the complaints of others name somebody else's account. */
function isOwn({ user }: AccessRequest, { pod }: Replica): boolean {
  return user === `system:serviceaccount:${pod.metadata.namespace}:${pod.spec.serviceAccountName ?? 'default'}`;
}

function noRole({ allowed, request }: Denied): readonly Claim[] {
  return allowed === undefined
    ? []
    : [
        claim(
          'No role that is bound to the account allows it.',
          citeList('rolebindings', request.namespace, `none for ${request.user} with ${request.verb}`),
          citeList('clusterrolebindings', undefined, `none for ${request.user} with ${request.verb}`),
        ),
      ];
}

function failing(): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    labels: { 'pod-template-hash': '7f9' },
    spec: { serviceAccountName: 'cart' },
    status: crashLooping({ exitCode: 1 }),
  });
}

function forbidden(): { readonly namespace: string; readonly pod: string; readonly container: string; readonly text: string } {
  return {
    namespace: 'shop',
    pod: 'cart-7f9-a',
    container: 'app',
    text: 'E0301 reflector.go:147 failed to list *v1.Pod: pods is forbidden: User "system:serviceaccount:shop:cart" cannot list resource "pods" in API group "" in the namespace "shop"',
  };
}
