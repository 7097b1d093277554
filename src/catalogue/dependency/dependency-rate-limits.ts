import { dependencyTroubles } from '../../domain/dependency-trouble.ts';
import { dependencyFinding } from '../../domain/dependency-finding.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';

const limited = 'POST https://api.payments.example/charges: 429 Too Many Requests';

export const dependencyRateLimits = defineFailureMode({
  id: 'dependency-rate-limits',
  title: 'A dependency has too many requests, and turns some away',
  role: 'cause',
  explanation: {
    whatItIs: 'The dependency is well but answers some requests with a refusal, because the workload sends more than it is allowed to.',
    howItLooks:
      'Logs say "429 Too Many Requests", "rate limit exceeded", "throttled" or "SlowDown"; the share of errors follows the traffic.',
    whyItHappens:
      'Traffic grew, retries multiply it, a cache in front was lost, a batch job shares the allowance, or the allowance was lowered.',
    whatStopsTheBleeding: 'Stop the batch job or the retries that use the allowance up; more replicas only make more requests.',
    whatFixesIt: 'Back off with random delays as the answer asks, cache, spread batch work, or buy a larger allowance.',
    howToPreventIt: 'Watch the share of the allowance in use, and give background work an allowance of its own.',
  },
  sources: ['https://www.rfc-editor.org/rfc/rfc6585#section-4'],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['service-backends', 'connectivity-probes', 'nodes', 'judged-alert', 'service-calls'],
  explains: ['liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'startup-probe-too-short', 'init-container-blocked'],
  mitigations: [],
  recognise: (facts) =>
    dependencyTroubles(['rate-limited'], facts).map((trouble) =>
      dependencyFinding(
        trouble,
        {
          says: () => 'turns requests away because there are too many',
          probeOutcomes: [],
          wouldSettle: () => [
            "Look at the answer's headers (Retry-After, RateLimit-*) and at the number of requests sent before and after the onset.",
          ],
          subjectIs: 'dependency',
        },
        facts,
      ),
    ),
  recognises: [
    {
      story: 'The provider of payments answers 429 until the worker gives up.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: `${limited}\n${limited}\n${limited}\nfatal: giving up`,
          },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A healthy replica was turned away once and retried.',
      given: {
        pods: [examplePod({ name: 'pay-1-a' })],
        services: [],
        'container-logs': [{ namespace: 'shop', pod: 'pay-1-a', container: 'app', text: `${limited}\nretry succeeded` }],
      },
    },
    {
      story: 'The workload itself limits its visitors, as it should.',
      given: {
        pods: [examplePod({ name: 'web-1-a' })],
        services: [],
        'container-logs': [{ namespace: 'shop', pod: 'web-1-a', container: 'app', text: '203.0.113.9 "GET /search HTTP/1.1" 429' }],
      },
    },
  ],
});
