import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { citeEnd, type CrashedContainer, crashedContainers, livedMilliseconds } from '../../domain/container-evidence.ts';
import { type ExampleEvidence, minutesAgo } from '../../domain/example.ts';
import { crashLooping, exampleDeployment, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import type { ClueKind, LogClue } from '../../domain/log-clue.ts';
import { containerOf, type Replica } from '../../domain/replica.ts';
import { weightBeside } from '../../domain/read-configuration.ts';
import { byWorkload, claimOfAll, countOf, findingOf, healthySiblings, siblingsAreFine, type Sighting } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';
import { revisionsOf } from '../../domain/workload-revisions.ts';

/** What a program says about what it was given, or not given, to start with. */
const ownKinds: ReadonlySet<ClueKind> = new Set([
  'missing-setting',
  'invalid-setting',
  'invalid-value',
  'missing-file',
  'missing-module',
  'port-not-permitted',
]);
/** Trouble with somebody else, which a program names last only where it got past its own configuration. */
const othersKinds: ReadonlySet<ClueKind> = new Set([
  'connection-refused',
  'connection-timed-out',
  'connection-reset',
  'no-route',
  'name-not-resolved',
  'authentication-failed',
  'too-many-connections',
  'certificate-invalid',
  'forbidden-by-api',
  'rate-limited',
]);
/** Programs read their configuration first; what fails after minutes of work is something else. */
const startMilliseconds = 2 * millisecondsPerMinute;
/** A value that nobody traces to a setting is one only where there was no time to read anything else. */
const firstStepsMilliseconds = 20_000;

/** The program refuses to start with the configuration, environment or files that it was given, and says so. */
export const crashOnStartFromConfiguration = defineFailureMode({
  id: 'crash-on-start-from-configuration',
  title: 'Configuration, environment or files end the program at its start',
  role: 'cause',
  explanation: {
    whatItIs: 'The program starts, finds a setting, file or module missing or unusable, says so and exits.',
    howItLooks:
      'CrashLoopBackOff seconds after each start; the last lines of `kubectl logs --previous` name a variable, key, file or module.',
    whyItHappens:
      'A renamed variable, a value of the wrong type, a configuration file with a slip, a mount in the wrong place, a package that the image lacks, a port below 1024 for a program that is not root.',
    whatStopsTheBleeding: 'Roll back the revision or put the configuration back; what still runs read the old one, so do not restart it.',
    whatFixesIt: 'Give the program the setting that it asks for, in the form that it expects.',
    howToPreventIt:
      'Validate configuration in the pipeline with the program itself, and roll out with a strategy that stops at the first replica that does not start.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/',
    'https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['replicasets', 'controllerrevisions'],
  explains: ['bad-revision', 'init-container-blocked', 'job-backoff-limit', 'job-failed'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      crashedContainers(replica).flatMap((crashed) => [
        ...complaint(replica, crashed, facts['log-clues']),
        ...(revisionsOf(replica.workload, facts).length === 1 ? unpreparedStore(replica, crashed, facts['log-clues']) : []),
      ]),
    );
    return byWorkload(seen, (each) => `${each.container} ${each.clue.kind} ${each.clue.name ?? ''}`).map((group) => {
      const [{ replica, container, clue, weight }] = group;
      const siblings = healthySiblings(replica, facts.replicas.ofWorkload(replica.workload));
      return findingOf(group, {
        weight: weightBeside(siblings, replica, weight),
        because: [
          claimOfAll(`Container ${container} of ${countOf(group)} ends at its start: ${spoken(clue)}.`, group),
          ...notGiven(replica, container, clue),
        ],
        against: siblingsAreFine(siblings, 'Replicas with the same template start with the same configuration.'),
        wouldSettle: [
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} logs ${replica.pod.metadata.name} -c ${container} --previous --tail=50`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'An environment variable is not set.',
      given: { pods: [crashing()], 'container-logs': [log('starting cart 1.9\nError: environment variable DATABASE_URL is not set')] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'It is told to listen on port 80, and is neither root nor has NET_BIND_SERVICE.',
      given: {
        pods: [crashing()],
        'container-logs': [log('using config from /etc/caddy/Caddyfile\nError: listen tcp :80: bind: permission denied')],
      },
    },
    {
      story: 'Installed for the first time, and nobody made the database that it is told to use.',
      given: {
        pods: [crashing()],
        replicasets: [exampleDeployment({ name: 'cart', hash: '7f9' }).replicaSet].map((each) => ({
          ...each,
          metadata: { ...(each['metadata'] as object), annotations: { 'deployment.kubernetes.io/revision': '1' } },
        })),
        'container-logs': [log('FATAL:  database "cart_production" does not exist')],
      },
    },
    {
      story: 'A web server does not understand its configuration.',
      given: {
        pods: [crashing()],
        'container-logs': [log('nginx: [emerg] unknown directive "prox_pass" in /etc/nginx/conf.d/default.conf:7')],
      },
    },
    {
      story: 'A Python program lacks a module.',
      given: {
        pods: [crashing()],
        'container-logs': [
          log(
            'Traceback (most recent call last):\n  File "/app/main.py", line 1, in <module>\n    import flask\nModuleNotFoundError: No module named \'flask\'',
          ),
        ],
      },
    },
    {
      story: 'A number in its environment is none.',
      given: {
        pods: [crashing()],
        'container-logs': [
          log(
            'Traceback (most recent call last):\n  File "/app/main.py", line 3, in <module>\n    workers = int(os.environ["WORKERS"])\nValueError: invalid literal for int() with base 10: \'four\'',
          ),
        ],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'A row of what it imports is no number: data, and no setting.',
      given: {
        pods: [crashing()],
        'container-logs': [
          log(
            'Traceback (most recent call last):\n  File "/app/import.py", line 88, in load\nValueError: row 40112: could not convert string to float: \'1.204,50\'',
          ),
        ],
      },
    },
    {
      story: 'A task cannot read a number, and nothing says that it is a setting.',
      given: {
        pods: [
          examplePod({
            name: 'report-a',
            owner: { kind: 'Job', name: 'report' },
            phase: 'Failed',
            isReady: false,
            status: { ready: false, state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(3) } } },
          }),
        ],
        'container-logs': [{ ...log("ValueError: invalid literal for int() with base 10: '12,5'"), pod: 'report-a', isPrevious: false }],
      },
    },
    {
      story: 'It cannot reach its database.',
      given: {
        pods: [crashing()],
        'container-logs': [log('optional file /app/.env not found\nError: connect ECONNREFUSED 10.96.45.12:5432')],
      },
    },
    {
      story: 'It complains and goes on.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a' })],
        'container-logs': [log('environment variable LOG_LEVEL is not set\nlistening on :8080')],
      },
    },
    {
      story: 'It is killed for memory after an hour of work; the complaint at its start is nothing.',
      given: {
        pods: [crashing({ exitCode: 137, reason: 'OOMKilled' })],
        'container-logs': [log('environment variable LOG_LEVEL is not set')],
      },
    },
  ],
});

interface Complaint extends Sighting {
  readonly container: string;
  readonly clue: LogClue;
  readonly weight: Weight;
}

function complaint(replica: Replica, { container, end }: CrashedContainer, clues: readonly LogClue[]): readonly Complaint[] {
  const last = clues.filter((clue) => clue.replica === replica && clue.container === container && clue.isNearEnd);
  const own = last.filter((clue) => ownKinds.has(clue.kind));
  // A clean exit is no refusal; a kill is somebody else's; 126 and 127 are the shell's words for a missing command.
  if (own.length === 0 || end.exitCode === 0 || end.reason === 'OOMKilled' || end.exitCode === 126 || end.exitCode === 127) return [];
  const isSomebodyElse = last.some((clue) => othersKinds.has(clue.kind) && !isOwnPod(clue.host));
  const lived = livedMilliseconds(end);
  const isAtStart = lived === undefined || lived < startMilliseconds;
  const [clue] = own.toSorted((left, right) => order(left.kind) - order(right.kind));
  if (clue === undefined || isSomebodyElse) return [];
  const isSetting = clue.kind !== 'invalid-value' || isGivenValue(replica, container, clue.name);
  // What a task reads is its input; a server reads its settings first.
  if (!isSetting && replica.pod.metadata.ownerReferences.some((owner) => owner.kind === 'Job')) return [];
  const isStated = clue.kind === 'missing-setting' && clue.name !== undefined && !isGiven(replica, container, clue.name);
  const isGuess = (clue.name === undefined && clue.kind === 'missing-file') || (!isSetting && (lived ?? 0) > firstStepsMilliseconds);
  const weight: Weight = !isAtStart ? 'weak' : isStated ? 'conclusive' : isGuess ? 'suggestive' : 'strong';
  return [{ replica, container, clue, weight, citations: [clue.citation, citeEnd(replica.pod, container)] }];
}

/**
 * What has never run before asks for a database or a table that is not there: nobody made it, or it is told the wrong name.
 * Where there was a revision before, what changed with this one is the likelier cause.
 */
function unpreparedStore(replica: Replica, { container, end }: CrashedContainer, clues: readonly LogClue[]): readonly Complaint[] {
  const last = clues.filter((clue) => clue.replica === replica && clue.container === container && clue.isNearEnd);
  const clue = last.find(({ kind }) => kind === 'schema-mismatch');
  const lived = livedMilliseconds(end);
  const isOther = last.some(({ kind }) => ownKinds.has(kind) || othersKinds.has(kind));
  return clue === undefined || isOther || end.exitCode === 0 || (lived !== undefined && lived >= startMilliseconds)
    ? []
    : [{ replica, container, clue, weight: 'likely', citations: [clue.citation, citeEnd(replica.pod, container)] }];
}

/** A stated setting says more than a file that may have been optional. */
function order(kind: ClueKind): number {
  return ['missing-setting', 'invalid-setting', 'port-not-permitted', 'invalid-value', 'missing-module', 'missing-file'].indexOf(kind);
}

/** The very text that could not be read stands in the container's environment or on its command line. */
function isGivenValue(replica: Replica, container: string, value: string | undefined): boolean {
  const spec = containerOf(replica.pod, container);
  if (spec === undefined || value === undefined) return false;
  const given = [...spec.env.flatMap((variable) => variable.value ?? []), ...spec.command, ...spec.args];
  return given.some((each) => each === value || each.split(/[=\s,]/).includes(value));
}

function isOwnPod(host: string | undefined): boolean {
  return host !== undefined && /^(localhost$|127\.|::1$)/.test(host);
}

/** Undecided where whole objects are taken into the environment, for their values are never read. */
function isGiven(replica: Replica, container: string, name: string): boolean {
  const spec = containerOf(replica.pod, container);
  return (
    spec === undefined || spec.envFrom.length > 0 || !/^[A-Z][A-Z0-9_]+$/.test(name) || spec.env.some((variable) => variable.name === name)
  );
}

function notGiven(replica: Replica, container: string, { kind, name }: LogClue): readonly Claim[] {
  if (kind !== 'missing-setting' || name === undefined || isGiven(replica, container, name)) return [];
  const names = containerOf(replica.pod, container)?.env.map((variable) => variable.name) ?? [];
  return [
    claim(
      `The template gives container ${container} no variable ${name}.`,
      citeObject(replica.pod, `env: ${names.slice(0, 20).join(', ') || 'none'}`),
    ),
  ];
}

function spoken({ kind, name, port }: LogClue): string {
  const what = name === undefined ? '' : ` ${name}`;
  switch (kind) {
    case 'missing-setting':
      return `the setting${what} is missing`;
    case 'missing-file':
      return `the file${what} is missing`;
    case 'port-not-permitted':
      return `it lacks the right to listen on ${port === undefined ? 'its port' : `port ${port}`}`;
    case 'schema-mismatch':
      return `what it expects in its database${name === undefined ? '' : ` ("${name}")`} is not there`;
    case 'missing-module':
      return `the module${what} is missing`;
    case 'invalid-value':
      return `the value${what} is not valid`;
    default:
      return `the setting${what} is not valid`;
  }
}

function crashing(last: { readonly exitCode: number; readonly reason?: string } = { exitCode: 1 }): ReturnType<typeof examplePod> {
  return examplePod({ name: 'cart-7f9-a', isReady: false, labels: { 'pod-template-hash': '7f9' }, status: crashLooping(last) });
}

function log(text: string): NonNullable<ExampleEvidence['container-logs']>[number] {
  return { namespace: 'shop', pod: 'cart-7f9-a', container: 'app', isPrevious: true, text };
}
