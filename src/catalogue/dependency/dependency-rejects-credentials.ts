import { dependencyTroubles } from '../../domain/dependency-trouble.ts';
import { lastContentWrite } from '../../domain/content-write.ts';
import { dependencyFinding } from '../../domain/dependency-finding.ts';
import { exampleService } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import type { ConfigMap, Secret } from '../../domain/kubernetes/storage.ts';
import { hasStartedSince, startedBefore, uses } from '../../domain/read-configuration.ts';
import type { Replica } from '../../domain/replica.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';

export const dependencyRejectsCredentials = defineFailureMode({
  id: 'dependency-rejects-credentials',
  title: "A dependency rejects the workload's credentials",
  role: 'cause',
  explanation: {
    whatItIs: 'The dependency is reached and answers, but it does not accept the user, password or token that the workload presents.',
    howItLooks:
      'Logs say "password authentication failed", "access denied for user" or "401 Unauthorized"; the workload crashes at start or serves errors.',
    whyItHappens:
      "A password was rotated on one side only, the Secret holds another environment's value, pods still run with the old value, or the account is locked.",
    whatStopsTheBleeding: 'Restore the previous credential on the side that changed, then restart the pods that hold the wrong one.',
    whatFixesIt:
      'Set the Secret to what the dependency expects and restart the workload, because environment variables are read once at start.',
    howToPreventIt: 'Rotate with two valid credentials at a time and roll the pods whenever the Secret changes.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/configuration/secret/',
    'https://www.postgresql.org/docs/current/client-authentication-problems.html',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['service-backends', 'connectivity-probes', 'nodes', 'judged-alert', 'service-calls', 'configmaps', 'secrets'],
  // Replicas that connected before keep their sessions, so only what starts anew is rejected: it looks like its revision.
  explains: [
    'configuration-changed-under-running-pods',
    'bad-revision',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
  ],
  mitigations: [],
  recognise: (facts) => {
    const troubles = dependencyTroubles(['authentication-failed'], facts);
    // Several workloads at once may be turned away by one Service, which then is what changed.
    const mayBeShared = troubles.length > 1 && facts['service-backends'] === undefined;
    return troubles.map((trouble) => {
      const finding = dependencyFinding(
        trouble,
        {
          says: () => 'rejects the credentials',
          probeOutcomes: [],
          wouldSettle: () => [
            'Compare when the Secret was last written (kubectl get secret --show-managed-fields) with when the pods started and when the password was changed on the other side.',
          ],
          subjectIs: 'client',
          isKeptFromStart: true,
        },
        facts,
      );
      // Siblings that still work on what they read before a write show that it was changed here, and not on the other side.
      const spared = trouble.clients
        .flatMap((client) => facts.replicas.ofWorkload(client))
        .filter((replica) => replica.health === 'healthy' && !trouble.replicas.includes(replica));
      const objects = [...(facts.configmaps?.all ?? []), ...(facts.secrets?.all ?? [])];
      const isOwnWrite = spared.length > 0 && isWrittenBetween(spared, trouble.replicas, objects);
      if (finding.weight !== 'strong') return finding;
      return { ...finding, weight: isOwnWrite ? 'suggestive' : mayBeShared ? 'likely' : 'conclusive' };
    });
  },
  recognises: [
    {
      story: 'PostgreSQL refuses the password and the replica crashes at once.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'starting\npq: password authentication failed for user "pay"',
          },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
    {
      story:
        'One of two was started again and is refused; the other has been running since before on another node, with what it read then.',
      given: {
        pods: [
          examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
          examplePod({ name: 'pay-1-b', node: 'node-2', startedMinutesAgo: 60 * 24 * 9 }),
        ],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: "starting\nAccess denied for user 'pay'@'10.244.4.7' (using password: YES)",
          },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
    {
      story: 'Two workloads are rejected by the same Service: the change was there.',
      given: {
        pods: [
          examplePod({
            name: 'pay-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { env: [{ name: 'DB_HOST', value: 'db' }] },
          }),
          examplePod({
            name: 'cart-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { env: [{ name: 'DATABASE_URL', value: 'postgres://db:5432/cart' }] },
          }),
          examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } }),
        ],
        services: [exampleService({ name: 'db', ports: [{ port: 5432 }] })],
        'container-logs': ['pay-1-a', 'cart-1-a'].map((pod) => ({
          namespace: 'shop',
          pod,
          container: 'app',
          isPrevious: true,
          text: 'FATAL: password authentication failed for user "app"',
        })),
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
  ],
  isNotFooledBy: [
    {
      story: "A healthy API logs a visitor's wrong password: that is its job.",
      given: {
        pods: [examplePod({ name: 'pay-1-a' })],
        services: [],
        'container-logs': [
          { namespace: 'shop', pod: 'pay-1-a', container: 'app', text: 'login failed for user "guest": invalid password' },
        ],
      },
    },
    {
      story: 'It is not Ready, and the passwords that it refuses are those of several visitors.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            text: ['ann', 'bob', 'cy', 'ann'].map((user) => `WARN login failed for user "${user}": invalid password`).join('\n'),
          },
        ],
      },
    },
    {
      story: 'The crash is a refused connection: nobody looked at any password.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'password loaded\nError: connect ECONNREFUSED 192.0.2.7:5432',
          },
        ],
      },
    },
  ],
});

/** What both read was written after the start of those that are well and before that of those that fail: the other side need not have changed. */
function isWrittenBetween(well: readonly Replica[], failing: readonly Replica[], objects: readonly (ConfigMap | Secret)[]): boolean {
  return objects.some((object) => {
    const write = lastContentWrite(object);
    return (
      write !== undefined &&
      well.every((replica) => uses(replica, object) && startedBefore(replica, write.at)) &&
      failing.every((replica) => uses(replica, object) && hasStartedSince(replica, write.at))
    );
  });
}
