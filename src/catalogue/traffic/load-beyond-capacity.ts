import { citeCall, everyPodOf, isBad, loadFactor, peerKey, peerSubject, repetitionOf, spokenPeer } from '../../domain/call-graph.ts';
import { claim } from '../../domain/citation.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { exampleCall } from '../../domain/example-network.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';

/** Services are commonly sized for about half as much again as their usual peak. */
const overloadFactor = 1.8;

export const loadBeyondCapacity = defineFailureMode({
  id: 'load-beyond-capacity',
  title: 'A service gets more requests than it can serve',
  role: 'cause',
  explanation: {
    whatItIs:
      'Many more requests than usual arrive, from outside and not from retries, and the service that gets them has become slow or fails some.',
    howItLooks: 'Its request rate is about twice the usual or more, and its latency and errors rise with it.',
    whyItHappens: 'A campaign, a crawler, a batch job, a client that lost its cache, or a peak that capacity was never sized for.',
    whatStopsTheBleeding: 'Add replicas where the machines and what lies behind allow it; else turn part of the requests away early.',
    whatFixesIt: 'Scale by load, cache, and limit what a single client may send.',
    howToPreventIt: 'Test with more than the expected peak, and alert on saturation before errors.',
  },
  sources: ['https://sre.google/sre-book/handling-overload/', 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/'],
  needs: ['service-calls'],
  helpedBy: ['replicas', 'service-backends'],
  explains: [
    'upstream-service-failing',
    'cpu-overload',
    'autoscaler-at-maximum',
    'dependency-times-out',
    'dependency-connections-exhausted',
    'cpu-throttling-fails-probes',
    'readiness-probe-misconfigured',
    'liveness-probe-misconfigured',
  ],
  mitigations: ['scale-out', 'raise-autoscaler-maximum'],
  recognise(facts): readonly Finding[] {
    const calls = facts['service-calls'];
    return calls
      .filter((call) => (loadFactor(call) ?? 0) >= overloadFactor && isBad(call))
      .flatMap((call): readonly Finding[] => {
        const onward = calls.filter((each) => peerKey(each.caller) === peerKey(call.callee));
        const intoCaller = calls.filter((each) => peerKey(each.callee) === peerKey(call.caller));
        // A caller that is not asked more often itself makes the extra requests: retries, not load.
        const isAmplified = intoCaller.some((each) => (loadFactor(each) ?? 1) < overloadFactor / 1.3);
        // Where one caller is known to repeat what fails, another of whom nobody knows how often it is asked may do the same.
        const isPerhapsRepeated =
          intoCaller.length === 0 &&
          calls.some((each) => peerKey(each.callee) === peerKey(call.callee) && repetitionOf(each, calls) !== undefined);
        if (isAmplified || isPerhapsRepeated || onward.some(isBad)) return [];
        const own = peerSubject(call.callee, facts);
        const factor = loadFactor(call) ?? 0;
        return [
          {
            subject: own,
            weight: 'strong',
            because: [
              claim(
                `${spokenPeer(call.callee)} gets ${factor.toFixed(1)} times its usual requests from ${spokenPeer(call.caller)}, and answers worse than before.`,
                citeCall(call),
                ...intoCaller.slice(0, 2).map(citeCall),
              ),
            ],
            affects: distinct([own, ...everyPodOf(own, facts.replicas), peerSubject(call.caller, facts)]),
          },
        ];
      });
  },
  recognises: [
    {
      story: 'The gateway is asked three times as often, and so is the shop, which has become slow.',
      given: {
        pods: [examplePod({ name: 'web-1-a' })],
        'service-calls': [
          exampleCall('internet', 'gateway', { requests: [3000, 1000], errors: [0.12, 0.001] }),
          exampleCall('gateway', 'web', { requests: [3000, 1000], errors: [0.12, 0.001], latency: [2400, 80] }),
        ],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'web' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Traffic has tripled, and all goes well.',
      given: {
        pods: [],
        'service-calls': [exampleCall('gateway', 'web', { requests: [3000, 1000], errors: [0.001, 0.001], latency: [82, 80] })],
      },
    },
    {
      story:
        'One caller of stock retries what fails; how often the other, which asks three times as often too, is asked itself is not measured.',
      given: {
        pods: [],
        'service-calls': [
          exampleCall('gateway', 'web', { requests: [1000, 1000] }),
          exampleCall('web', 'stock', { requests: [3000, 1000], errors: [0.6, 0.001] }),
          exampleCall('reports', 'stock', { requests: [300, 100], errors: [0.6, 0.001] }),
        ],
      },
    },
    {
      story: 'The caller is asked as often as ever and calls three times as often: it retries.',
      given: {
        pods: [],
        'service-calls': [
          exampleCall('gateway', 'web', { requests: [1000, 1000] }),
          exampleCall('web', 'stock', { requests: [3000, 1000], errors: [0.6, 0.001] }),
        ],
      },
    },
  ],
});
