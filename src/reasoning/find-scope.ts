import type { Alert, Question } from '../domain/alert.ts';
import { groupBy } from '../domain/collection.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/reasoned.ts';
import type { Replica, Replicas } from '../domain/replica.ts';
import { type Subject, spokenSubject, subject, subjectKey } from '../domain/subject.ts';
import type { FactSource } from './fact-source.ts';
import { isNotYetProven } from './not-yet-proven.ts';
import { replicasInReach, spokenReach, whyNotSeen } from './reach.ts';

/** Alert labels that name a workload, most precise first, with the kind they mean. */
const workloadLabels: readonly (readonly [label: string, kind: string | undefined])[] = [
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['cronjob', 'CronJob'],
  ['job_name', 'Job'],
  ['workload', undefined],
  ['app_kubernetes_io_name', undefined],
  ['app', undefined],
  ['service', undefined],
  ['service_name', undefined],
  ['component', undefined],
  ['container', undefined],
  ['job', undefined],
];
const nodeLabels = ['node', 'nodename', 'kubernetes_node', 'host', 'instance'];

/** Whom the page is about, and who of them fails: the question that comes before any "why". */
export function findScope(question: Question, facts: FactSource): Scope {
  const replicas = facts.get('replicas');
  if (replicas === undefined) return emptyScope(whyNotSeen(question, facts, []) ?? '');
  const inReach = replicasInReach(question, replicas);
  const named = question.alert === undefined ? undefined : namedByAlert(question.alert, inReach, facts);
  if (named !== undefined) return scopeOf(named, replicas, facts.now);
  const worst = worstWorkload(inReach);
  if (worst !== undefined)
    return scopeOf(
      { target: worst, chosenBecause: `${spokenSubject(worst)} has the most failing replicas${spokenReach(question)}.` },
      replicas,
      facts.now,
    );
  const only = question.selector === undefined ? undefined : inReach[0]?.workload;
  return only === undefined
    ? emptyScope(whyNotSeen(question, facts, []) ?? `No replica fails${spokenReach(question)}.`)
    : scopeOf({ target: only, chosenBecause: 'The selector names it.' }, replicas, facts.now);
}

function emptyScope(chosenBecause: string): Scope {
  return { target: undefined, chosenBecause, failing: [], healthy: [], undecided: [], alsoFailing: [] };
}

interface Choice {
  readonly target: Subject;
  readonly chosenBecause: string;
}

function namedByAlert(alert: Alert, replicas: readonly Replica[], facts: FactSource): Choice | undefined {
  const namespace = alert.labels['namespace'] ?? alert.labels['kubernetes_namespace'] ?? alert.labels['exported_namespace'];
  const nearby = namespace === undefined ? replicas : replicas.filter((replica) => replica.pod.metadata.namespace === namespace);
  const pod = nearby.find((replica) => replica.pod.metadata.name === (alert.labels['pod'] ?? alert.labels['pod_name']));
  return (
    byWorkloadLabel(alert, nearby, facts) ??
    (pod === undefined ? undefined : { target: pod.workload, chosenBecause: `The alert names its pod ${pod.pod.metadata.name}.` }) ??
    byNodeLabel(alert, facts) ??
    byWords(alert, nearby) ??
    (namespace === undefined ? undefined : byNamespace(namespace, nearby))
  );
}

function byWorkloadLabel(alert: Alert, replicas: readonly Replica[], facts: FactSource): Choice | undefined {
  for (const [label, kind] of workloadLabels) {
    const value = alert.labels[label];
    if (value === undefined || value === '') continue;
    const chosenBecause = `The alert's label ${label}="${value}" names it.`;
    const workload = replicas.find(
      (replica) => replica.workload.name === value && (kind === undefined || replica.workload.kind === kind),
    )?.workload;
    if (workload !== undefined) return { target: workload, chosenBecause };
    const behind = workloadBehindService(value, replicas, facts) ?? workloadWithAppLabel(value, replicas);
    if (behind !== undefined) return { target: behind, chosenBecause };
  }
  return undefined;
}

function workloadBehindService(name: string, replicas: readonly Replica[], facts: FactSource): Subject | undefined {
  const namespaces = new Set(replicas.map((replica) => replica.pod.metadata.namespace));
  const service = facts.get('services')?.all.find((each) => each.metadata.name === name && namespaces.has(each.metadata.namespace));
  if (service === undefined || Object.keys(service.spec.selector).length === 0) return undefined;
  return replicas.find((replica) => {
    const { namespace, labels } = replica.pod.metadata;
    return namespace === service.metadata.namespace && Object.entries(service.spec.selector).every(([key, value]) => labels[key] === value);
  })?.workload;
}

function workloadWithAppLabel(value: string, replicas: readonly Replica[]): Subject | undefined {
  return replicas.find(({ pod }) => pod.metadata.labels['app'] === value || pod.metadata.labels['app.kubernetes.io/name'] === value)
    ?.workload;
}

function byNodeLabel(alert: Alert, facts: FactSource): Choice | undefined {
  for (const label of nodeLabels) {
    const value = alert.labels[label]?.replace(/:\d+$/, '');
    const node =
      value === undefined
        ? undefined
        : facts
            .get('nodes')
            ?.all.find((each) => each.metadata.name === value || each.status.addresses.some((address) => address.address === value));
    if (node !== undefined)
      return { target: subject('Node', undefined, node.metadata.name), chosenBecause: `The alert's label ${label} names the node.` };
  }
  return undefined;
}

/** The longest workload name that the alert's text contains as a whole word: longer names are rarer and so say more. */
function byWords(alert: Alert, replicas: readonly Replica[]): Choice | undefined {
  const words = new Set(`${alert.name} ${alert.summary}`.toLowerCase().split(/[^a-z0-9.-]+/));
  const byName = groupBy(replicas, (replica) => replica.workload.name);
  const names = [...byName.keys()]
    .filter((name) => words.has(name.toLowerCase()))
    .toSorted((left, right) => right.length - left.length || left.localeCompare(right));
  for (const name of names) {
    const candidates = byName.get(name) ?? [];
    const target = (candidates.find((replica) => replica.health === 'failing') ?? candidates[0])?.workload;
    if (target !== undefined) return { target, chosenBecause: `The alert's text says "${name}".` };
  }
  return undefined;
}

function byNamespace(namespace: string, replicas: readonly Replica[]): Choice | undefined {
  const target = worstWorkload(replicas);
  return target === undefined
    ? undefined
    : { target, chosenBecause: `The alert names namespace ${namespace}, and most failing replicas there are its.` };
}

/** Most failing replicas first; then the one that failed first; then by name, so that the choice never depends on list order. */
function worstWorkload(replicas: readonly Replica[]): Subject | undefined {
  const groups = [
    ...groupBy(
      replicas.filter((replica) => replica.health === 'failing'),
      (replica) => subjectKey(replica.workload),
    ).entries(),
  ];
  const [worst] = groups.toSorted(
    ([leftKey, left], [rightKey, right]) =>
      right.length - left.length || earliest(left) - earliest(right) || leftKey.localeCompare(rightKey),
  );
  return worst?.[1][0]?.workload;
}

function earliest(replicas: readonly Replica[]): number {
  return Math.min(...replicas.map((replica) => replica.failingSince ?? Number.MAX_SAFE_INTEGER));
}

function scopeOf({ target, chosenBecause }: Choice, replicas: Replicas, now: Instant): Scope {
  const members = target.kind === 'Node' ? replicas.onNode(target.name) : replicas.ofWorkload(target);
  const failing = members.filter((replica) => replica.health === 'failing');
  const memberKeys = new Set(members);
  const isHealthy = (replica: Replica): boolean =>
    replica.health === 'healthy' && !(target.kind !== 'Node' && isNotYetProven(replica, failing, now));
  return {
    target,
    chosenBecause,
    failing,
    healthy: members.filter(isHealthy),
    undecided: members.filter((replica) => !isHealthy(replica) && replica.health !== 'failing' && replica.health !== 'finished'),
    alsoFailing: replicas.failing.filter((replica) => !memberKeys.has(replica)),
  };
}
