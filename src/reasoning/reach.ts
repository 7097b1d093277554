import type { Question } from '../domain/alert.ts';
import { isOutside } from '../domain/collection.ts';
import type { Gap } from '../domain/evidence.ts';
import { matchesSelector } from '../domain/label-selector.ts';
import type { Finding } from '../domain/failure-mode.ts';
import type { Replica, Replicas } from '../domain/replica.ts';
import type { Subject } from '../domain/subject.ts';
import type { FactSource } from './fact-source.ts';
import { parseSelector } from './parse-selector.ts';

/** The replicas that the question is about. None where the selector cannot be read: nobody knows whom it means. */
export function replicasInReach(question: Question, replicas: Pick<Replicas, 'all'>): readonly Replica[] {
  const { namespace, selector: written } = question;
  const selector = written === undefined ? undefined : parseSelector(written);
  if (written !== undefined && selector === undefined) return [];
  return replicas.all.filter(
    ({ pod }) =>
      (namespace === undefined || pod.metadata.namespace === namespace) &&
      (selector === undefined || matchesSelector(selector, pod.metadata.labels)),
  );
}

/** "in namespace shop among app=cart". Empty: everywhere. */
export function spokenReach({ namespace, selector }: Question): string {
  return `${namespace === undefined ? '' : ` in namespace ${namespace}`}${selector === undefined ? '' : ` among ${selector}`}`;
}

/**
 * Why nobody can be called healthy although nobody was seen failing: there is nobody, or a part could not be looked at.
 * Undefined: whoever was asked about was looked at.
 */
export function whyNotSeen(question: Question, facts: FactSource, gaps: readonly Gap[]): string | undefined {
  const replicas = facts.get('replicas');
  if (replicas === undefined) return 'Pods could not be read, so nobody can be told failing from healthy.';
  const [gap] = gaps.filter((each) => concerns(each, question));
  if (gap !== undefined)
    return `Not all pods${spokenReach(question)} could be read (${gap.what}: ${gap.because}), so what was not seen may fail.`;
  if (isAboutAll(question) && facts.get('nodes') === undefined)
    return 'The nodes could not be read, and pods go on looking well for minutes on a node that is not.';
  return replicasInReach(question, replicas).length > 0
    ? undefined
    : `There is no pod${spokenReach(question)}, so there is nobody who could be told failing from healthy.`;
}

/** Nobody was named, so that the nodes are asked about as well. */
export function isAboutAll({ alert, namespace, selector }: Question): boolean {
  return alert === undefined && namespace === undefined && selector === undefined;
}

/** A bundle is a selection that somebody made: what it left out was not asked about, unless the question names it. */
function concerns(gap: Gap, { namespace }: Question): boolean {
  return namespace === undefined ? gap.because !== 'not-recorded' : !isOutside(gap, namespace);
}

/**
 * True where a finding bears on whom the question names. Trouble of another namespace does not; trouble of a node may. Where
 * the question names nobody who is there, only what is found on the named workload itself counts, such as one scaled to zero.
 */
export function bearsOn(question: Question, finding: Finding, facts: FactSource): boolean {
  const { namespace, selector } = question;
  if (namespace === undefined && selector === undefined) return true;
  const reached = replicasInReach(question, facts.get('replicas') ?? { all: [] });
  const touched = [finding.subject, ...finding.affects];
  if (reached.length === 0) return touched.some((each) => isNamed(each, question, facts));
  const namespaces = new Set(namespace === undefined ? reached.map(({ pod }) => pod.metadata.namespace) : [namespace]);
  return finding.subject.namespace === undefined || touched.some((each) => namespaces.has(each.namespace));
}

const workloadKinds = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' } as const;

function isNamed(each: Subject, { namespace, selector }: Question, facts: FactSource): boolean {
  if (namespace !== undefined && each.namespace !== namespace) return false;
  const labels = selector === undefined ? undefined : parseSelector(selector);
  return selector === undefined || (labels !== undefined && matchesSelector(labels, templateLabels(each, facts)));
}

function templateLabels(of: Subject, facts: FactSource): { readonly [key: string]: string } {
  for (const [kind, resource] of Object.entries(workloadKinds)) {
    const workload = kind === of.kind ? facts.get(resource)?.named(of.namespace, of.name) : undefined;
    if (workload !== undefined) return workload.spec.template.metadata.labels;
  }
  return {};
}
