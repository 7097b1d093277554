import { blamedBehind } from '../../domain/blamed-backend.ts';
import { citeCall, hasErrors, isBad, peerKey, peerSubject, podsOf, spokenPeer } from '../../domain/call-graph.ts';
import { claim } from '../../domain/citation.ts';
import { plainHost } from '../../domain/cluster-host.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import type { CallPeer, ServiceCall } from '../../domain/evidence.ts';
import { exampleCall } from '../../domain/example-network.ts';
import { examplePod } from '../../domain/example-objects.ts';
import type { Facts } from '../../domain/facts.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { ClueKind, LogClue } from '../../domain/log-clue.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import { spokenSubject, subjectKey } from '../../domain/subject.ts';

export const upstreamServiceFailing = defineFailureMode({
  id: 'upstream-service-failing',
  title: 'Errors or delay begin in a service further up the call chain',
  role: 'cause',
  explanation: {
    whatItIs:
      'The service that was paged for only passes on what one of the services that it calls does: the errors or the delay begin there.',
    howItLooks:
      'Following the calls from the paged service, each callee is as bad as its caller, until one whose own callees are all well.',
    whyItHappens: 'That service was changed, is overloaded, or has lost something of its own.',
    whatStopsTheBleeding: 'Work on the service where it begins: roll it back or give it capacity; let callers fail fast meanwhile.',
    whatFixesIt: 'Repair that service; give callers short timeouts, limits on retries and a fallback.',
    howToPreventIt: "Alert on each service's own errors and latency, so that the page goes to the right team.",
  },
  sources: ['https://opentelemetry.io/docs/concepts/signals/traces/', 'https://sre.google/sre-book/monitoring-distributed-systems/'],
  needs: ['service-calls'],
  helpedBy: ['replicas', 'service-backends', 'judged-alert', 'log-clues'],
  explains: ['dependency-times-out', 'dependency-refuses-connections', 'readiness-probe-misconfigured', 'liveness-probe-misconfigured'],
  mitigations: ['roll-back-workload', 'scale-out'],
  recognise(facts): readonly Finding[] {
    const bad = facts['service-calls'].filter(isBad);
    const sources = new Map(bad.map((call) => [peerKey(call.callee), call.callee]));
    return [...sources.values()]
      .filter((callee) => isWhereItBegins(callee, facts['service-calls']))
      .flatMap((callee): readonly Finding[] => {
        const into = bad.filter((call) => peerKey(call.callee) === peerKey(callee));
        const [first, ...more] = into.map(citeCall);
        if (first === undefined) return [];
        const all = facts['service-calls'].filter((call) => peerKey(call.callee) === peerKey(callee));
        const own = peerSubject(callee, facts);
        const isPaged = isNamedByAlert(facts['judged-alert']?.alert, { namespace: own.namespace, names: [own.name, callee.name] });
        const callers = callersOf(callee, bad);
        const affected = callers.map((caller) => peerSubject(caller, facts));
        const told = answersTold(callee, into, facts);
        // A callee that some callers find well may be reached badly rather than be bad; one that says why has a reason; and what is
        // wrong with its pods, while nobody could look at them, nobody knows.
        const isUnseen = facts.replicas === undefined && own.kind !== 'External';
        const mayBeOfAnother = told.length > 0 || into.length < all.length || isUnseen;
        const what = into.some(hasErrors) ? 'Errors' : 'Delays';
        const onward = facts['service-calls'].filter((call) => peerKey(call.caller) === peerKey(callee));
        return [
          {
            subject: own,
            // That the one which is paged for fails is the page once more; that what it calls is well at least says where not to look.
            weight: isPaged && onward.length === 0 ? 'weak' : isPaged || mayBeOfAnother ? 'suggestive' : 'strong',
            because: [
              claim(
                `${what} begin in ${spokenPeer(callee)}: ${into.length} of ${all.length} of its callers see them${onward.length === 0 ? '' : ', and what it calls itself is well'}.`,
                first,
                ...more.slice(0, 3),
                ...onward.slice(0, 2).map(citeCall),
              ),
              ...callers
                .slice(0, 1)
                .map((caller) =>
                  claim(`It spreads to ${callers.map(spokenPeer).slice(0, 5).join(', ')}.`, ...citationsInto(caller, bad, first)),
                ),
            ],
            // Its own pods are not among them: what is wrong with those is why its callers see errors, and not what follows.
            affects: distinct([own, ...affected, ...affected.flatMap((workload) => podsOf(workload, facts.replicas))]),
            blames: distinct([
              ...(own.kind === 'External' ? [] : [own]),
              ...(facts.replicas?.ofWorkload(own).every(({ health }) => health === 'failing') === true ? podsOf(own, facts.replicas) : []),
              ...blamedBehind(facts['service-backends']?.ofService(callee.namespace, callee.name), facts.replicas),
              ...told.map((clue) => clue.replica.workload),
            ]),
            wouldSettle: [`Look at the newest change and at the saturation of ${spokenSubject(own)}.`],
          },
        ];
      });
  },
  recognises: [
    {
      story: 'Web, cart and stock all have errors; they begin in stock, whose database is well.',
      given: {
        pods: [examplePod({ name: 'stock-1-a' }), examplePod({ name: 'cart-1-a' })],
        'service-calls': [
          exampleCall('web', 'cart', { errors: [0.3, 0.001] }),
          exampleCall('cart', 'stock', { errors: [0.32, 0.001] }),
          exampleCall('stock', 'db', { errors: [0.001, 0.001] }),
          exampleCall('web', 'login', { errors: [0, 0] }),
        ],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'stock' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Every call is as it always was.',
      given: { pods: [], 'service-calls': [exampleCall('web', 'cart', { errors: [0.01, 0.01], latency: [40, 38] })] },
    },
    {
      story: 'Latency doubled from two milliseconds to four, which nobody feels.',
      given: { pods: [], 'service-calls': [exampleCall('web', 'cart', { latency: [4, 2] })] },
    },
  ],
});

/** What a callee answers, as opposed to whether it answers. */
const answers: ReadonlySet<ClueKind> = new Set([
  'authentication-failed',
  'rate-limited',
  'certificate-invalid',
  'too-many-connections',
  'read-only',
]);

/** Where those who call it say in their logs what it answers, that tells more than that their calls go wrong. */
function answersTold(
  callee: CallPeer,
  into: readonly ServiceCall[],
  facts: Facts<'service-calls', 'replicas' | 'service-backends' | 'judged-alert' | 'log-clues'>,
): readonly LogClue[] {
  const callers = new Set(into.map((call) => subjectKey(peerSubject(call.caller, facts))));
  const isAboutIt = ({ host, replica }: LogClue): boolean => {
    if (host === undefined || plainHost(host) === plainHost(callee.name)) return true;
    const meant = facts['service-backends']?.ofHost(host, replica.pod.metadata.namespace)?.service.metadata;
    // What is outside of the cluster has many names.
    return meant === undefined ? callee.namespace === undefined : meant.name === callee.name && meant.namespace === callee.namespace;
  };
  return (facts['log-clues'] ?? []).filter(
    (clue) => answers.has(clue.kind) && callers.has(subjectKey(clue.replica.workload)) && isAboutIt(clue),
  );
}

/** None of the calls that it makes itself is bad. */
function isWhereItBegins(peer: CallPeer, calls: readonly ServiceCall[]): boolean {
  return calls.filter((call) => peerKey(call.caller) === peerKey(peer)).every((call) => !isBad(call));
}

/** Everyone who calls it, directly or through others, over bad calls. */
function callersOf(peer: CallPeer, bad: readonly ServiceCall[]): readonly CallPeer[] {
  const found = new Map<string, CallPeer>();
  const queue = [peer];
  for (const callee of queue) {
    for (const call of bad) {
      if (peerKey(call.callee) !== peerKey(callee) || found.has(peerKey(call.caller)) || peerKey(call.caller) === peerKey(peer)) continue;
      found.set(peerKey(call.caller), call.caller);
      queue.push(call.caller);
    }
  }
  return [...found.values()];
}

function citationsInto(
  caller: CallPeer,
  bad: readonly ServiceCall[],
  fallback: ReturnType<typeof citeCall>,
): [ReturnType<typeof citeCall>, ...ReturnType<typeof citeCall>[]] {
  const [first, ...more] = bad.filter((call) => peerKey(call.callee) === peerKey(caller)).map(citeCall);
  return first === undefined ? [fallback] : [first, ...more];
}
