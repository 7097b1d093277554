import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { desk, kubeconfigPath, kubernetesVersion, prometheusUrl, sourceDirectory, sshConfigPath, stateDirectory } from '../layout.ts';
import { inNetworkOf } from '../machine/network.ts';
import { tryProgram } from '../run-program.ts';
import type { Expectation, Scenario, Subject } from './scenario.ts';

/** The part of an answer that a scenario judges. */
export interface Answer {
  readonly outcome: string;
  readonly hypotheses: readonly Hypothesis[];
}

interface Hypothesis {
  readonly failureMode: string;
  readonly subject: Subject;
  readonly confidence: number;
}

const stanch = join(sourceDirectory, '..', 'stanch');

/** Where what the last investigation of a scenario read is kept, until the lab goes down. */
export function captureDirectory({ name }: Scenario): string {
  return join(stateDirectory, 'captures', name);
}

/**
 * Asks the shipped command line about the live cluster, from the engineer's desk, and returns its answer.
 * The page is what the pager received; absent, nobody was paged.
 */
export async function investigate({ scenario, page }: { scenario: Scenario; page: string | undefined }): Promise<Answer> {
  const capture = captureDirectory(scenario);
  await rm(capture, { recursive: true, force: true });
  await mkdir(dirname(capture), { recursive: true });
  const options = [
    `--kubeconfig=${kubeconfigPath}`,
    `--prometheus=${prometheusUrl}`,
    ...(scenario.canLookInside === true ? ['--node-access=ssh', `--ssh-config=${sshConfigPath}`, '--allow-exec'] : []),
    ...(page === undefined ? [] : ['--alert=-']),
  ];
  const vector = inNetworkOf(desk.name, [stanch, 'investigate', ...options, '--output=json', `--record=${capture}`]);
  const answer = await tryProgram(vector, { timeoutMilliseconds: 180_000, ...(page === undefined ? {} : { input: page }) });
  if (answer.status < 0 || answer.status > 2)
    throw new Error(
      `Ran: stanch investigate ${options.join(' ')}\nIt ended with status ${answer.status}: ${(answer.errors || answer.output).trim().slice(-1000)}`,
    );
  await writeFile(join(capture, 'origin.json'), `${JSON.stringify(originOf(scenario, options), undefined, 2)}\n`);
  return JSON.parse(answer.output) as Answer;
}

/** Tells a reader of the recording how it came to be. */
function originOf({ name, story, recordedAs }: Scenario, options: readonly string[]): object {
  return {
    madeBy: `npm run lab -- record ${name}`,
    at: new Date().toISOString(),
    ...(recordedAs === undefined ? {} : { scenario: name }),
    howItWasBroken: story,
    allowed: options.filter((option) => option === '--allow-exec' || option.startsWith('--node-access')),
    kubernetes: kubernetesVersion,
  };
}

/** Says how the answer differs from the expectation. Empty: it is right. */
export function differences({ answer, expectation }: { answer: Answer; expectation: Expectation }): readonly string[] {
  const found: string[] = [];
  if (answer.outcome !== expectation.outcome) found.push(`outcome is ${answer.outcome}, expected ${expectation.outcome}`);
  if (expectation.failureMode === undefined) return found;
  const first = answer.hypotheses[0];
  if (first === undefined) return [...found, `no hypothesis, expected ${expectation.failureMode}`];
  if (first.failureMode !== expectation.failureMode) found.push(`ranks ${first.failureMode} first, expected ${expectation.failureMode}`);
  const wanted = expectation.subject;
  if (
    wanted !== undefined &&
    (first.subject.kind !== wanted.kind || first.subject.name !== wanted.name || first.subject.namespace !== wanted.namespace)
  ) {
    found.push(`blames ${describe(first.subject)}, expected ${describe(wanted)}`);
  }
  return found;
}

/** The first hypothesis in a few words. */
export function headline({ outcome, hypotheses }: Answer): string {
  const [first] = hypotheses;
  return first === undefined ? outcome : `${outcome}: ${first.failureMode} of ${describe(first.subject)} (${first.confidence})`;
}

function describe({ kind, namespace, name }: Subject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
