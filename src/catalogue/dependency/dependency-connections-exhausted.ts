import { dependencyTroubles } from '../../domain/dependency-trouble.ts';
import { dependencyFinding } from '../../domain/dependency-finding.ts';
import { exampleService } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';

const tooMany = 'FATAL: sorry, too many clients already';

export const dependencyConnectionsExhausted = defineFailureMode({
  id: 'dependency-connections-exhausted',
  title: 'A dependency has no connections left',
  role: 'cause',
  explanation: {
    whatItIs: "The dependency is up but has reached the number of connections that it allows, or the client's own pool is empty.",
    howItLooks:
      'Logs say "too many connections", "remaining connection slots are reserved" or that no connection came free in the pool in time.',
    whyItHappens:
      'More replicas each bring their own pool, connections leak or are held by slow queries, or the limit was sized for less traffic.',
    whatStopsTheBleeding: 'Scale back what was scaled up last, or end idle connections; restarting all clients at once makes it worse.',
    whatFixesIt: 'Size pools as limit divided by replicas, put a pooler in between, and end connections that idle in a transaction.',
    howToPreventIt: 'Alert on the share of connections in use, and count maximum replicas times pool size before raising either.',
  },
  sources: [
    'https://www.postgresql.org/docs/current/runtime-config-connection.html',
    'https://dev.mysql.com/doc/refman/8.4/en/too-many-connections.html',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['service-backends', 'connectivity-probes', 'nodes', 'judged-alert', 'service-calls'],
  explains: [
    'dependency-times-out',
    'dependency-refuses-connections',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
  ],
  mitigations: [],
  recognise: (facts) =>
    dependencyTroubles(['too-many-connections'], facts).map((trouble) =>
      dependencyFinding(
        trouble,
        {
          says: () => 'has no connections left',
          probeOutcomes: [],
          wouldSettle: () => [
            'Count connections by client on the dependency (PostgreSQL: select usename, client_addr, state, count(*) from pg_stat_activity group by 1, 2, 3) and compare with its limit.',
          ],
          subjectIs: 'dependency',
          isByLot: true,
        },
        facts,
      ),
    ),
  recognises: [
    {
      story: 'Both replicas crash because PostgreSQL has no slot left.',
      given: {
        pods: [
          ...['pay-1-a', 'pay-1-b'].map((name) =>
            examplePod({
              name,
              isReady: false,
              status: crashLooping({ exitCode: 1 }),
              container: { env: [{ name: 'DB_HOST', value: 'db.shop' }] },
            }),
          ),
          examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } }),
        ],
        services: [exampleService({ name: 'db', ports: [{ port: 5432 }] })],
        'container-logs': ['pay-1-a', 'pay-1-b'].map((pod) => ({
          namespace: 'shop',
          pod,
          container: 'app',
          isPrevious: true,
          text: tooMany,
        })),
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
    {
      story: 'Some replicas hold their connections and others get none; the setting names the host in the words of libpq.',
      given: {
        pods: [
          ...['pay-1-a', 'pay-1-b', 'pay-1-c'].map((name) =>
            examplePod({
              name,
              isReady: name === 'pay-1-c',
              container: { env: [{ name: 'DATABASE', value: 'host=db port=5432 dbname=pay' }] },
            }),
          ),
          examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } }),
        ],
        services: [exampleService({ name: 'db', ports: [{ port: 5432 }] })],
        'container-logs': ['pay-1-a', 'pay-1-b', 'pay-1-c'].map((pod) => ({
          namespace: 'shop',
          pod,
          container: 'app',
          text: Array(3).fill(tooMany).join('\n'),
        })),
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The replica runs out of file descriptors, which no database allots.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'accept tcp [::]:8080: accept4: too many open files',
          },
        ],
      },
    },
    {
      story: 'A healthy replica met the limit once and went on.',
      given: {
        pods: [examplePod({ name: 'pay-1-a' })],
        services: [],
        'container-logs': [{ namespace: 'shop', pod: 'pay-1-a', container: 'app', text: `${tooMany}\nretrying\nconnected` }],
      },
    },
  ],
});
