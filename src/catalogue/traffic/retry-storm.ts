import { citeCall, everyPodOf, peerSubject, podsOf, repetitionOf, spokenPeer } from '../../domain/call-graph.ts';
import { claim } from '../../domain/citation.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { exampleCall } from '../../domain/example-network.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';

export const retryStorm = defineFailureMode({
  id: 'retry-storm',
  title: 'Retries keep a service down',
  role: 'cause',
  explanation: {
    whatItIs:
      'A caller repeats requests that fail, so that the callee gets several times its usual load although no more users come, and cannot recover.',
    howItLooks: 'The request rate towards a failing service multiplies while the rate into its caller stays as it was.',
    whyItHappens: 'Retries without a limit, without growing delays or at several layers at once, set off by a short failure.',
    whatStopsTheBleeding: 'Turn retries off or limit them at the caller, or turn requests away before the callee, until it has recovered.',
    whatFixesIt: 'Retry at one layer only, a few times, with growing random delays and a budget; break the circuit when most calls fail.',
    howToPreventIt: 'Test what callers do when a callee fails for a minute.',
  },
  sources: ['https://sre.google/sre-book/addressing-cascading-failures/', 'https://sre.google/sre-book/handling-overload/'],
  needs: ['service-calls'],
  helpedBy: ['replicas', 'service-backends'],
  explains: [
    'upstream-service-failing',
    'load-beyond-capacity',
    'cpu-overload',
    'autoscaler-at-maximum',
    'dependency-connections-exhausted',
    'dependency-times-out',
    'connection-tracking-full',
  ],
  mitigations: ['scale-out'],
  recognise(facts): readonly Finding[] {
    const calls = facts['service-calls'];
    return calls.flatMap((call): readonly Finding[] => {
      const repetition = repetitionOf(call, calls);
      if (repetition === undefined) return [];
      const { factor, intoFactor, into } = repetition;
      const [first, ...more] = into;
      const caller = peerSubject(call.caller, facts);
      const callee = peerSubject(call.callee, facts);
      return [
        {
          subject: caller,
          weight: 'strong',
          because: [
            claim(
              `${spokenPeer(call.caller)} is asked ${intoFactor.toFixed(1)} times as often as usual, and asks ${spokenPeer(call.callee)} ${factor.toFixed(1)} times as often, mostly in vain: it repeats itself.`,
              citeCall(call),
              citeCall(first),
              ...more.slice(0, 2).map(citeCall),
            ),
          ],
          affects: distinct([callee, ...everyPodOf(callee, facts.replicas), caller, ...podsOf(caller, facts.replicas)]),
          wouldSettle: [`Count how many requests of ${spokenPeer(call.caller)} are second tries, in its metrics or traces.`],
        },
      ];
    });
  },
  recognises: [
    {
      story: 'Users come as always; web asks stock four times as often, and most calls fail.',
      given: {
        pods: [examplePod({ name: 'web-1-a' })],
        'service-calls': [
          exampleCall('gateway', 'web', { requests: [1000, 1000], errors: [0.5, 0.001] }),
          exampleCall('web', 'stock', { requests: [4000, 1000], errors: [0.8, 0.001] }),
        ],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'web' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'More users come, and all rates rise alike.',
      given: {
        pods: [],
        'service-calls': [
          exampleCall('gateway', 'web', { requests: [4000, 1000] }),
          exampleCall('web', 'stock', { requests: [4000, 1000], errors: [0.8, 0.001] }),
        ],
      },
    },
    {
      story: 'A new feature asks stock more often, and stock is well.',
      given: {
        pods: [],
        'service-calls': [
          exampleCall('gateway', 'web', { requests: [1000, 1000] }),
          exampleCall('web', 'stock', { requests: [2000, 1000], errors: [0.001, 0.001] }),
        ],
      },
    },
  ],
});
