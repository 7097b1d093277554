import { join } from 'node:path';
import { desk, kubeconfigPath, prometheusUrl, sourceDirectory } from '../layout.ts';
import { inNetworkOf } from '../machine/network.ts';
import { tryProgram } from '../run-program.ts';
import type { Expectation, Subject } from './scenario.ts';

interface Hypothesis {
  readonly failureMode: string;
  readonly subject: Subject;
  readonly confidence: number;
}

export interface Investigation {
  readonly outcome: string;
  readonly hypotheses: readonly Hypothesis[];
}

const stanch = join(sourceDirectory, '..', 'stanch');
const cluster = ['--kubeconfig', kubeconfigPath, '--prometheus', prometheusUrl] as const;

/** Asks the real command line on the live cluster, from the engineer's desk, and returns its answer. */
export async function investigate(): Promise<Investigation> {
  const vector = inNetworkOf(desk.name, [stanch, 'investigate', ...cluster, '--output', 'json']);
  const answer = await tryProgram(vector, { timeoutMilliseconds: 120_000 });
  if (answer.status < 0 || answer.status > 2) {
    throw new Error(`Ran: stanch investigate --output json\nIt ended with status ${answer.status}: ${answer.errors.trim().slice(-1000)}`);
  }
  return JSON.parse(answer.output) as Investigation;
}

/** Says how the answer differs from the expectation. Empty: it is right. */
export function differences({ answer, expectation }: { answer: Investigation; expectation: Expectation }): readonly string[] {
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

/** Saves what Stanch collects about the live cluster as a recording. */
export async function record(directory: string): Promise<void> {
  const vector = inNetworkOf(desk.name, [stanch, 'investigate', ...cluster, '--output', 'json', '--record', directory]);
  const answer = await tryProgram(vector, { timeoutMilliseconds: 300_000 });
  if (answer.status < 0 || answer.status > 2)
    throw new Error(
      `Ran: stanch investigate --record ${directory}\nIt ended with status ${answer.status}: ${(answer.errors || answer.output).trim().slice(-1000)}`,
    );
}

function describe({ kind, namespace, name }: Subject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
