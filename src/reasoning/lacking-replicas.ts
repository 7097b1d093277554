import type { Question } from '../domain/alert.ts';
import { millisecondsPerMinute } from '../domain/instant.ts';
import type { Deployment, Job, StatefulSet } from '../domain/kubernetes/workload.ts';
import { matchesSelector } from '../domain/label-selector.ts';
import { refusedCreations } from '../domain/refused-creations.ts';
import { spokenSubject, subject } from '../domain/subject.ts';
import type { FactSource } from './fact-source.ts';
import { parseSelector } from './parse-selector.ts';

/** Controllers make pods within seconds; five minutes leave room for one that has just changed its leader. */
const patienceMilliseconds = 5 * millisecondsPerMinute;

type Sized = Deployment | StatefulSet;

/**
 * A workload whose controller has not made the pods that it asks for: what does not exist cannot be seen failing, and yet it
 * is missing. Undefined: everybody who was asked about has the pods that are wanted, or is on the way there.
 */
export function lackingReplicas(question: Question, facts: FactSource): string | undefined {
  const sized: readonly Sized[] = [...(facts.get('deployments')?.all ?? []), ...(facts.get('statefulsets')?.all ?? [])];
  const lacking = sized.find((each) => isAskedAbout(each, question) && lacks(each, facts));
  if (lacking === undefined) return refusedPods(question, facts) ?? neverBegun(question, facts);
  const { namespace, name } = lacking.metadata;
  return `${lacking.kind} ${namespace}/${name} asks for ${wanted(lacking)} pods and has ${lacking.status.replicas ?? 0}, and nothing that was read says why.`;
}

/** Pods that the API server does not let a controller create, in words that no failure mode knows; older ones may still serve. */
function refusedPods({ namespace }: Question, facts: FactSource): string | undefined {
  const kinds = {
    deployments: facts.get('deployments'),
    replicasets: facts.get('replicasets'),
    statefulsets: facts.get('statefulsets'),
    daemonsets: facts.get('daemonsets'),
    jobs: facts.get('jobs'),
    events: facts.get('events'),
  };
  const found = refusedCreations({ now: facts.now, ...kinds }).find(
    ({ workload }) => namespace === undefined || workload.namespace === namespace,
  );
  return found === undefined
    ? undefined
    : `The API server refuses to create pods of ${spokenSubject(found.workload)}: ${found.words.slice(0, 200)}`;
}

/** A Job that was started and has never had a pod. */
function neverBegun(question: Question, facts: FactSource): string | undefined {
  const found = facts.get('jobs')?.all.find((each) => isAskedAbout(each, question) && hasNeverBegun(each, facts));
  return found === undefined
    ? undefined
    : `Job ${found.metadata.namespace}/${found.metadata.name} was started and has never had a pod, and nothing that was read says why.`;
}

function hasNeverBegun({ metadata, spec, status }: Job, facts: FactSource): boolean {
  const pods = (status.active ?? 0) + (status.succeeded ?? 0) + (status.failed ?? 0);
  const own = facts
    .get('pods')
    ?.all.some((pod) =>
      pod.metadata.ownerReferences.some(({ uid, name, kind }) => kind === 'Job' && (uid ?? name) === (metadata.uid ?? metadata.name)),
    );
  return (
    metadata.deletionTimestamp === undefined &&
    spec.suspend !== true &&
    spec.parallelism !== 0 &&
    status.conditions.length === 0 &&
    pods === 0 &&
    own !== true &&
    status.startTime !== undefined &&
    facts.now - status.startTime > patienceMilliseconds
  );
}

function wanted({ spec }: Sized): number {
  return spec.replicas ?? 1;
}

function lacks(each: Sized, facts: FactSource): boolean {
  const { namespace, name, creationTimestamp, deletionTimestamp, managedFields } = each.metadata;
  const replicas = facts.get('replicas')?.ofWorkload(subject(each.kind, namespace, name)) ?? [];
  const writtenAt = Math.max(
    creationTimestamp ?? 0,
    ...managedFields.flatMap(({ at, subresource }) => (subresource === 'status' ? [] : (at ?? []))),
  );
  // Pods that start, leave or fail are a change on its way, or are told as what they are.
  const isQuiet = replicas.every(({ health }) => health === 'healthy' || health === 'finished');
  const existing = Math.max(each.status.replicas ?? 0, replicas.filter(({ health }) => health === 'healthy').length);
  return deletionTimestamp === undefined && isQuiet && existing < wanted(each) && facts.now - writtenAt > patienceMilliseconds;
}

function isAskedAbout({ metadata, spec }: Sized | Job, { namespace, selector: written }: Question): boolean {
  if (namespace !== undefined && metadata.namespace !== namespace) return false;
  const selector = written === undefined ? undefined : parseSelector(written);
  return written === undefined || (selector !== undefined && matchesSelector(selector, spec.template.metadata.labels));
}
