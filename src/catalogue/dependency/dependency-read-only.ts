import { dependencyTroubles } from '../../domain/dependency-trouble.ts';
import { dependencyFinding } from '../../domain/dependency-finding.ts';
import { exampleService } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';

/** The same words are used of a read-only disk, which is no dependency's doing. */
const isAboutDisk = /file ?system|EROFS|mount/i;

export const dependencyReadOnly = defineFailureMode({
  id: 'dependency-read-only',
  title: 'A dependency only allows reading',
  role: 'cause',
  explanation: {
    whatItIs:
      'The workload is connected to a replica of its database, or to a primary that has switched itself to read-only, so every write fails.',
    howItLooks:
      'Reads work and writes fail: "cannot execute INSERT in a read-only transaction", "READONLY You can\'t write against a read only replica", "--read-only option".',
    whyItHappens:
      'A failover moved the primary and clients kept their old connections or address, the disk of the database filled up, or the address points at the reading endpoint.',
    whatStopsTheBleeding:
      'Let clients connect anew, to the writing endpoint; where the primary is read-only, make room or complete the failover.',
    whatFixesIt: 'Use an address that follows the primary, and let clients drop connections on which a write was refused.',
    howToPreventIt: 'Rehearse failover with the real clients and alert when the primary is read-only.',
  },
  sources: [
    'https://www.postgresql.org/docs/current/hot-standby.html',
    'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['service-backends', 'connectivity-probes', 'nodes', 'judged-alert', 'service-calls'],
  explains: ['liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'startup-probe-too-short', 'init-container-blocked'],
  mitigations: [],
  recognise: (facts) =>
    dependencyTroubles(['read-only'], { ...facts, 'log-clues': facts['log-clues'].filter((clue) => !isAboutDisk.test(clue.line)) }).map(
      (trouble) =>
        dependencyFinding(
          trouble,
          {
            says: () => 'only allows reading',
            probeOutcomes: [],
            wouldSettle: () => [
              'Ask the dependency for its role (PostgreSQL: select pg_is_in_recovery(); Redis: INFO replication; MySQL: select @@read_only).',
            ],
            subjectIs: 'dependency',
          },
          facts,
        ),
    ),
  recognises: [
    {
      story: 'Writes fail because the Service leads to a Redis replica.',
      given: {
        pods: [
          examplePod({
            name: 'cart-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { env: [{ name: 'REDIS_URL', value: 'redis://cache:6379' }] },
          }),
          examplePod({ name: 'cache-0', owner: { kind: 'StatefulSet', name: 'cache' } }),
        ],
        services: [exampleService({ name: 'cache', ports: [{ port: 6379 }] })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-1-a',
            container: 'app',
            isPrevious: true,
            text: "READONLY You can't write against a read only replica.",
          },
        ],
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'cache' }],
    },
  ],
  isNotFooledBy: [
    {
      story: "The container's own root file system is read-only.",
      given: {
        pods: [examplePod({ name: 'cart-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-1-a', container: 'app', isPrevious: true, text: 'open /data/state: read-only file system' },
        ],
      },
    },
    {
      story: 'A healthy reporting job mentions that it uses a reading connection.',
      given: {
        pods: [examplePod({ name: 'cart-1-a' })],
        services: [],
        'container-logs': [{ namespace: 'shop', pod: 'cart-1-a', container: 'app', text: 'connected to replica, session is read-only' }],
      },
    },
  ],
});
