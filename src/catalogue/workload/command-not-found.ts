import type { Citation } from '../../domain/citation.ts';
import { citeEnd, citeWaiting, type CrashedContainer, crashedContainers } from '../../domain/container-evidence.ts';
import { crashLooping, examplePod, waitingFor } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';

/**
 * What the runtime says when it cannot start the program at all. "exec format error" is left to the architecture, and what
 * concerns mounts or devices to those.
 */
const cannotStart =
  /executable file not found|exec: "[^"]*": (?:stat|is a directory|permission denied)|(?:exec|fork\/exec|stat) [^\s:]+: (?:no such file or directory|permission denied)|unable to start container process: (?:error during container init: )?exec|no command specified/i;

/** The command of the container, or the entry point of its image, is not there or may not be run. */
export const commandNotFound = defineFailureMode({
  id: 'command-not-found',
  title: 'The command of the container does not exist or cannot be run',
  role: 'cause',
  explanation: {
    whatItIs:
      'The runtime created the container and found nothing that it could run: the command or entry point is missing in the image, is a directory, or is not executable.',
    howItLooks:
      'RunContainerError, StartError or ContainerCannotRun with "executable file not found in $PATH"; a crash loop with exit code 127 (not found) or 126 (not executable); or one whose whole log is "exec /entrypoint.sh: no such file or directory".',
    whyItHappens:
      'A changed `command` in the template, an image without shell, another base image, a script without execute permission or with Windows line ends.',
    whatStopsTheBleeding: 'Roll back to the revision whose command exists.',
    whatFixesIt: 'Correct `command` and `args`, or the entry point and permissions in the image.',
    howToPreventIt: 'Start the built image once in the pipeline with the command that the template gives it.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/',
    'https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/',
  ],
  needs: ['replicas'],
  helpedBy: ['log-clues'],
  explains: ['bad-revision', 'init-container-blocked', 'crash-on-start-from-configuration', 'job-backoff-limit', 'job-failed'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) => [
      ...crashedContainers(replica).flatMap((crashed) => fromEnd(replica, crashed, facts['log-clues'] ?? [])),
      ...fromWaiting(replica),
    ]);
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ container, weight, replica }] = group;
      const spec = [...replica.pod.spec.containers, ...replica.pod.spec.initContainers].find((each) => each.name === container);
      const command =
        (spec?.command.length ?? 0) > 0
          ? `command ${JSON.stringify(spec?.command.slice(0, 4))}`
          : `entry point of ${spec?.image ?? 'the image'}`;
      return findingOf(group, {
        weight,
        because: [
          claimOfAll(`Container ${container} of ${countOf(group)} cannot be started: the ${command} is not there or cannot be run.`, group),
        ],
      });
    });
  },

  recognises: [
    {
      story: 'The runtime does not find the command.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            labels: { 'pod-template-hash': '7f9' },
            container: { command: ['/bin/servr'] },
            status: crashLooping({
              exitCode: 128,
              reason: 'StartError',
              message:
                'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/servr": stat /bin/servr: no such file or directory',
            }),
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The shell in the container does not find it.',
      given: { pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 127 }) })] },
    },
    {
      story:
        'The script is there, but its first line asks for an interpreter with a carriage return in its name: all that is logged is the word of the runtime.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            labels: { 'pod-template-hash': '7f9' },
            status: crashLooping({ exitCode: 255 }),
          }),
        ],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'app',
            isPrevious: true,
            text: 'exec /entrypoint.sh: no such file or directory',
          },
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The container waits with the message of the runtime, without a status of its end.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            status: waitingFor('RunContainerError', 'exec: "serve": executable file not found in $PATH: unknown'),
          }),
        ],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'The program runs, and one that it calls is not there.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'app',
            isPrevious: true,
            text: 'starting\nfatal: fork/exec /usr/bin/convert: no such file or directory',
          },
        ],
      },
    },
    {
      story: 'The program runs and ends with an error of its own.',
      given: { pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 1 }) })] },
    },
    {
      story: 'The image is for another architecture.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            status: crashLooping({
              exitCode: 128,
              reason: 'StartError',
              message: 'unable to start container process: exec /app: exec format error',
            }),
          }),
        ],
      },
    },
    {
      story: 'It failed once long ago and runs since.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            status: { restartCount: 1, lastState: { terminated: { exitCode: 127, reason: 'Error', finishedAt: '2026-02-27T10:00:00Z' } } },
          }),
        ],
      },
    },
  ],
});

interface Unstartable extends Sighting {
  readonly container: string;
  readonly weight: Weight;
}

function fromEnd(replica: Replica, { container, end }: CrashedContainer, clues: readonly LogClue[]): readonly Unstartable[] {
  const said = end.message ?? '';
  const citations: readonly [Citation, ...Citation[]] = [citeEnd(replica.pod, container)];
  if (/exec format error/i.test(said)) return [];
  const own = clues.filter((clue) => clue.replica === replica && clue.container === container && clue.isNearEnd);
  const unstarted = own.find((clue) => clue.kind === 'cannot-exec');
  if (unstarted !== undefined && end.exitCode !== 0)
    return [{ replica, citations: [unstarted.citation, ...citations], container, weight: 'conclusive' }];
  if (cannotStart.test(said)) return [{ replica, citations, container, weight: 'conclusive' }];
  if (end.reason === 'ContainerCannotRun') return [{ replica, citations, container, weight: 'strong' }];
  if (end.exitCode !== 127 && end.exitCode !== 126) return [];
  // Shells pass these codes on from the last command of a script as well, which the log would name.
  if (own.some((clue) => clue.kind === 'exec-format' || clue.kind === 'missing-module')) return [];
  const named = own.find((clue) => clue.kind === 'missing-file' || clue.kind === 'permission-denied');
  return [{ replica, citations: named === undefined ? citations : [...citations, named.citation], container, weight: 'strong' }];
}

function fromWaiting(replica: Replica): readonly Unstartable[] {
  return replica.troubles
    .filter(
      (trouble) =>
        trouble.kind === 'waiting' &&
        (trouble.reason === 'RunContainerError' || trouble.reason === 'CreateContainerError') &&
        cannotStart.test(trouble.message ?? '') &&
        trouble.exitCode === undefined,
    )
    .map((trouble) => ({
      replica,
      citations: [citeWaiting(replica.pod, trouble.container)] as const,
      container: trouble.container ?? '',
      weight: 'conclusive' as const,
    }));
}
