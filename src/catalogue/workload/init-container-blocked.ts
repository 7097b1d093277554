import { awaitedHosts } from '../../domain/awaited-hosts.ts';
import { blamedBehind } from '../../domain/blamed-backend.ts';
import { type Citation, type Claim, citeLog, citeObject, claim } from '../../domain/citation.ts';
import { citeEnd, lastEnd } from '../../domain/container-evidence.ts';
import type { ContainerLog } from '../../domain/evidence.ts';
import { minutesAgo } from '../../domain/example.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { type Replica, statusOf, type Trouble } from '../../domain/replica.ts';
import type { Backend, ServiceBackends } from '../../domain/service-backends.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';
import { isOwnerUnseen } from '../../domain/unseen-owner.ts';

/** An init container fails or never ends, so the containers that do the work are never started. What it waits for, if it is known, is to blame. */
export const initContainerBlocked = defineFailureMode({
  id: 'init-container-blocked',
  title: 'An init container fails or does not come to an end',
  role: 'cause',
  explanation: {
    whatItIs: 'The pod has a step to do before its containers start, and that step fails each time or never ends.',
    howItLooks: 'Init:0/1, Init:Error or Init:CrashLoopBackOff in `kubectl get pods`; the application containers are in PodInitializing.',
    whyItHappens:
      'It waits for a Service or a database that is not there, a migration fails, a download or a permission change is refused.',
    whatStopsTheBleeding:
      'Bring up what it waits for; roll back if the step is new. Replicas that run do not repeat it, so do not restart them.',
    whatFixesIt: 'Repair the step, or let the application wait with a time-out and a clear message.',
    howToPreventIt: 'Give waiting steps a time-out, and start them in the pipeline against the names and rights that they will have.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/workloads/pods/init-containers/',
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-init-containers/',
  ],
  needs: ['replicas'],
  helpedBy: ['log-clues', 'container-logs', 'service-backends', 'deployments', 'statefulsets'],
  explains: ['job-backoff-limit', 'job-failed'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      replica.troubles.filter(isBlocked).flatMap((trouble) => blocked(replica, trouble, facts)),
    );
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ container, replica, isWaiting, weight, clues }] = group;
      const awaited = awaitedServices(replica, container, clues, facts['service-backends']);
      const state = isWaiting ? 'does not come to an end' : 'fails';
      const because: readonly [Claim, ...Claim[]] = [
        claimOfAll(`Init container ${container} of ${countOf(group)} ${state}, so the containers behind it never start.`, group),
        ...awaited.claims,
      ];
      const isAnswerElsewhere = isWaiting && awaited.backends.some((backend) => isOwnerUnseen(backend, facts));
      return findingOf(group, {
        weight: isAnswerElsewhere && weight === 'strong' ? 'likely' : weight,
        because,
        blames: awaited.backends.flatMap((backend) => blamedBehind(backend, facts.replicas)),
        wouldSettle: [shellCommand`kubectl -n ${replica.pod.metadata.namespace} logs ${replica.pod.metadata.name} -c ${container}`],
      });
    });
  },

  recognises: [
    {
      story: 'A migration fails each time.',
      given: {
        pods: [initialising({ ...crashLooping({ exitCode: 1 }), name: 'migrate' })],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-7f9-a', container: 'migrate', text: 'migration 12 failed: relation "orders" does not exist' },
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'It has waited for a name to resolve for twenty minutes.',
      given: {
        pods: [initialising({ name: 'migrate', ready: false, state: { running: { startedAt: '2026-03-01T09:40:00Z' } }, lastState: {} })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'migrate',
            text: 'waiting for orders\nwaiting for orders\nwaiting for orders',
          },
        ],
      },
    },
    {
      story: 'A native sidecar crashes before it has started once, and the application waits for it.',
      given: { pods: [withSidecar(false)] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'It started a minute ago.',
      given: {
        pods: [initialising({ name: 'migrate', ready: false, state: { running: { startedAt: '2026-03-01T09:59:00Z' } }, lastState: {} })],
      },
    },
    {
      story: 'It ended well, and the application crashes.',
      given: {
        pods: [
          {
            ...examplePod({
              name: 'cart-7f9-a',
              isReady: false,
              status: crashLooping({ exitCode: 1 }),
              spec: { initContainers: [{ name: 'migrate', image: 'm:1' }] },
              podStatus: {
                initContainerStatuses: [{ name: 'migrate', ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
              },
            }),
          },
        ],
      },
    },
    {
      story: 'A sidecar crashes beside an application that has long started: it holds up nobody.',
      given: { pods: [withSidecar(true)] },
    },
    {
      story: 'A sidecar that is meant to keep running.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            spec: { initContainers: [{ name: 'proxy', image: 'p:1', restartPolicy: 'Always' }] },
            podStatus: {
              initContainerStatuses: [{ name: 'proxy', ready: true, state: { running: { startedAt: '2026-03-01T09:00:00Z' } } }],
            },
          }),
        ],
      },
    },
  ],
});

interface Blocked extends Sighting {
  readonly container: string;
  readonly isWaiting: boolean;
  readonly weight: Weight;
  readonly clues: readonly LogClue[];
}

/** Images and configuration that are missing hold up init containers as well, and are modes of their own. */
function isBlocked(trouble: Trouble): boolean {
  return (
    trouble.isInit &&
    trouble.container !== undefined &&
    (trouble.kind === 'ended' || trouble.kind === 'not-ready' || trouble.reason === 'CrashLoopBackOff')
  );
}

interface Heard {
  readonly 'log-clues': readonly LogClue[] | undefined;
  readonly 'container-logs': readonly ContainerLog[] | undefined;
}

function blocked(replica: Replica, trouble: Trouble, facts: Heard): readonly Blocked[] {
  const container = trouble.container ?? '';
  const status = statusOf(replica.pod, container);
  const clues = (facts['log-clues'] ?? []).filter((clue) => clue.replica === replica && clue.container === container);
  const isWaiting = trouble.kind === 'not-ready';
  const waiting = waitingWords(replica, container, facts['container-logs'] ?? []);
  const end = lastEnd(status);
  const shown = isWaiting
    ? citeObject(replica.pod, `status.initContainerStatuses[${container}].state: running`, status?.state.running?.startedAt)
    : citeEnd(replica.pod, container);
  const told = clues[0] === undefined ? waiting : [clues[0].citation];
  const weight: Weight = isWaiting ? (told.length > 0 ? 'strong' : 'suggestive') : end?.reason === 'OOMKilled' ? 'suggestive' : 'strong';
  return [{ replica, container, isWaiting, weight, clues, since: trouble.since, citations: [shown, ...told] }];
}

/** Waiting steps say what they wait for, in a loop. */
function waitingWords(replica: Replica, container: string, logs: readonly ContainerLog[]): readonly Citation[] {
  const log = logs.find(
    (each) =>
      each.namespace === replica.pod.metadata.namespace &&
      each.pod === replica.pod.metadata.name &&
      each.container === container &&
      !each.isPrevious,
  );
  const line = log?.lines
    .slice(-5)
    .findLast(({ text }) => /\bwait(?:ing|s)?\b|not (?:yet )?(?:ready|available|up|found)|unavailable|retry|sleeping/i.test(text));
  return log === undefined || line === undefined ? [] : [citeLog(log, line.text.slice(0, 200), line.at)];
}

/** Services that the log or the command of the step names. */
function awaitedServices(
  replica: Replica,
  container: string,
  clues: readonly LogClue[],
  backends: ServiceBackends | undefined,
): { readonly backends: readonly Backend[]; readonly claims: readonly Claim[] } {
  const hosts = [...new Set([...clues.flatMap((clue) => clue.host ?? []), ...awaitedHosts(replica, container)])];
  const found = [...new Set(hosts.flatMap((host) => backends?.ofHost(host, replica.pod.metadata.namespace) ?? []))];
  return {
    backends: found,
    claims: found.map(({ service, endpoints }) =>
      claim(
        `It waits for Service ${service.metadata.namespace}/${service.metadata.name}, which has ${endpoints === undefined ? 'an unknown number of' : endpoints.ready} ready endpoints.`,
        citeObject(service, `selector ${JSON.stringify(service.spec.selector)}`),
      ),
    ),
  };
}

function initialising(init: object): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    phase: 'Pending',
    labels: { 'pod-template-hash': '7f9' },
    spec: { initContainers: [{ name: 'migrate', image: 'registry.example/migrate:1' }] },
    status: { state: { waiting: { reason: 'PodInitializing' } } },
    podStatus: { initContainerStatuses: [init] },
  });
}

function withSidecar(isInitialised: boolean): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    labels: { 'pod-template-hash': '7f9' },
    ...(isInitialised ? {} : { phase: 'Pending', status: { ready: false, state: { waiting: { reason: 'PodInitializing' } } } }),
    spec: { initContainers: [{ name: 'proxy', image: 'p:1', restartPolicy: 'Always' }] },
    podStatus: {
      conditions: [
        { type: 'Initialized', status: isInitialised ? 'True' : 'False', lastTransitionTime: minutesAgo(60) },
        { type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(5) },
      ],
      initContainerStatuses: [{ name: 'proxy', ...crashLooping({ exitCode: 1 }) }],
    },
  });
}
