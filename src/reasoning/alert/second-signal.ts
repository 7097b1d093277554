import type { Alert } from '../../domain/alert.ts';
import { badCallsAround, citeCall } from '../../domain/call-graph.ts';
import { type Citation, type Claim, claimFromAll, citeObject } from '../../domain/citation.ts';
import { clockTime } from '../../domain/instant.ts';
import type { Condition } from '../../domain/kubernetes/metadata.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import type { Scope } from '../../domain/reasoned.ts';
import type { Replica } from '../../domain/replica.ts';
import { spokenSubject, type Subject, subjectKey } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import type { SecondState } from './decide-verdict.ts';

export interface SecondSignal {
  readonly state: SecondState;
  readonly claims: readonly Claim[];
}

const shownAtMost = 4;
/** Node conditions whose healthy value is False. Unknown types are left alone: their healthy value is not known. */
const troubleConditions: ReadonlySet<string> = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']);

/** What the cluster itself says about the alert's target, whatever the monitoring says. */
export function readSecondSignal(alert: Alert, facts: FactSource, scope: Scope): SecondSignal {
  const { target } = scope;
  const failing = [
    ...failingReplicas(scope),
    ...(target?.kind === 'Node' ? nodeTrouble(target, facts) : []),
    ...(target === undefined ? [] : workloadTrouble(target, facts)),
    ...emptyService(alert, target, facts),
  ];
  if (failing.length > 0)
    return { state: target === undefined || isNamedBy(alert, target, scope) ? 'failing' : 'failing-elsewhere', claims: failing };
  if (target === undefined) return { state: facts.get('replicas') === undefined ? 'unknown' : 'nobody', claims: [] };
  const complaints = isNamedBy(alert, target, scope) ? [...complaintsOf(target, facts), ...callsGoneWrong(target, facts)] : [];
  if (complaints.length > 0) return { state: 'failing', claims: complaints };
  const node = target.kind === 'Node' ? facts.get('nodes')?.named(undefined, target.name) : undefined;
  if (node !== undefined)
    return { state: 'healthy', claims: claimsOf(`${spokenSubject(target)} is Ready and under no pressure.`, conditionsShown(node)) };
  if (facts.get('replicas') === undefined) return { state: 'unknown', claims: [] };
  // Replicas that are still starting say nothing yet; where they are the larger part, neither does the whole.
  if (scope.healthy.length <= scope.undecided.length)
    return { state: scope.healthy.length + scope.undecided.length === 0 ? 'nobody' : 'unknown', claims: [] };
  const starting = scope.undecided.length === 0 ? '' : `, ${scope.undecided.length} still starting or leaving`;
  const says = `${scope.healthy.length} of ${scope.healthy.length + scope.undecided.length} replicas of ${spokenSubject(target)} are healthy${starting}; none fails.`;
  return {
    state: 'healthy',
    claims: claimsOf(
      says,
      scope.healthy.map((replica) => citeObject(replica.pod, 'condition Ready: True')),
    ),
  };
}

function failingReplicas({ target, failing, healthy, undecided }: Scope): readonly Claim[] {
  // One bad replica is its workload's trouble; only when most fail is it the node's.
  if (target?.kind === 'Node' && failing.length <= healthy.length) return [];
  const where = target === undefined ? '' : target.kind === 'Node' ? ` on ${spokenSubject(target)}` : ` of ${spokenSubject(target)}`;
  return claimsOf(
    `${failing.length} of ${failing.length + healthy.length + undecided.length} replicas${where} fail.`,
    failing.map(citeFailing),
  );
}

/** Replicas can be Ready and still fail their users: what they log again and again is a signal of its own. */
function complaintsOf(target: Subject, facts: FactSource): readonly Claim[] {
  const clues = (facts.get('log-clues') ?? []).filter(
    (clue) => subjectKey(clue.replica.workload) === subjectKey(target) && clue.replica.health === 'healthy',
  );
  return claimsOf(
    `Replicas of ${spokenSubject(target)} are Ready, but log the same error again and again.`,
    clues.map((clue) => clue.citation),
  );
}

/** Callers are users, and whoever is answered with errors has errors to pass on: no probe of the target's own outweighs either. */
function callsGoneWrong(target: Subject, facts: FactSource): readonly Claim[] {
  const bad = badCallsAround(target, {
    replicas: facts.get('replicas'),
    'service-backends': facts.get('service-backends'),
    'service-calls': facts.get('service-calls'),
  });
  return claimsOf(`Calls into ${spokenSubject(target)} or from there go wrong or take much longer than usual.`, bad.map(citeCall));
}

function citeFailing(replica: Replica): Citation {
  const [trouble] = replica.troubles;
  const shows =
    trouble === undefined
      ? 'not healthy'
      : `${trouble.container === undefined ? 'pod' : `container ${trouble.container}`}: ${trouble.reason}`;
  return citeObject(replica.pod, shows, replica.failingSince);
}

function nodeTrouble(target: Subject, facts: FactSource): readonly Claim[] {
  const node = facts.get('nodes')?.named(undefined, target.name);
  const wrong = node?.status.conditions.filter((condition) => isWrong(condition)) ?? [];
  return node === undefined
    ? []
    : wrong.flatMap((condition) =>
        claimsOf(`${spokenSubject(target)} reports ${condition.type ?? ''} ${condition.status ?? ''}${sinceOf(condition)}.`, [
          citeCondition(node, condition),
        ]),
      );
}

function isWrong(condition: Condition): boolean {
  if (condition.type === 'Ready') return condition.status !== 'True';
  return troubleConditions.has(condition.type ?? '') && condition.status === 'True';
}

function conditionsShown(node: Node): readonly Citation[] {
  return node.status.conditions.filter((condition) => condition.type === 'Ready').map((condition) => citeCondition(node, condition));
}

function citeCondition(of: Parameters<typeof citeObject>[0], condition: Condition): Citation {
  return citeObject(
    of,
    `condition ${condition.type ?? ''}: ${condition.status ?? ''} (${condition.reason ?? 'no reason'})`,
    condition.lastTransitionTime,
  );
}

function sinceOf(condition: Condition): string {
  return condition.lastTransitionTime === undefined ? '' : ` since ${clockTime(condition.lastTransitionTime)}`;
}

/** Replicas that cannot even be created leave no failing pod behind: the Deployment's own conditions tell of them. */
function workloadTrouble(target: Subject, facts: FactSource): readonly Claim[] {
  const deployment = target.kind === 'Deployment' ? facts.get('deployments')?.named(target.namespace, target.name) : undefined;
  if (deployment === undefined || deployment.spec.replicas === 0) return [];
  const wrong = deployment.status.conditions.filter(
    ({ type, status }) => (type === 'Available' && status === 'False') || (type === 'ReplicaFailure' && status === 'True'),
  );
  return wrong.flatMap((condition) =>
    claimsOf(`${spokenSubject(target)} reports ${condition.type ?? ''} ${condition.status ?? ''}${sinceOf(condition)}.`, [
      citeCondition(deployment, condition),
    ]),
  );
}

/** A Service that sends requests nowhere hurts its users, even where no replica exists that could fail. */
function emptyService(alert: Alert, target: Subject | undefined, facts: FactSource): readonly Claim[] {
  const namespace = target?.namespace ?? alert.labels['namespace'];
  const names = [alert.labels['service'], target?.name].filter((name) => name !== undefined);
  return (facts.get('service-backends')?.all ?? []).flatMap(({ service, endpoints, pods }) => {
    const isOurs = service.metadata.namespace === namespace && names.includes(service.metadata.name);
    if (!isOurs || pods === undefined || endpoints === undefined || endpoints.ready > 0) return [];
    return claimsOf(`Service ${namespace ?? ''}/${service.metadata.name} has no ready endpoint.`, [
      citeObject(service, `${endpoints.ready} ready endpoints, ${endpoints.notReady} not ready`),
    ]);
  });
}

/** False where the target was only chosen because something fails there: then its failing says nothing of this alert. */
function isNamedBy(alert: Alert, target: Subject, scope: Scope): boolean {
  const values = new Set(
    Object.entries(alert.labels)
      .filter(([name]) => name !== 'alertname')
      .map(([, value]) => value.replace(/:\d+$/, '')),
  );
  if (values.has(target.name) || (target.namespace !== undefined && alert.labels['namespace'] === target.namespace)) return true;
  const members = [...scope.failing, ...scope.healthy, ...scope.undecided];
  if (
    members.some(
      ({ pod }) =>
        values.has(pod.metadata.name) ||
        values.has(pod.metadata.labels['app'] ?? '') ||
        values.has(pod.metadata.labels['app.kubernetes.io/name'] ?? ''),
    )
  )
    return true;
  return ` ${`${alert.name} ${alert.summary}`.toLowerCase().replace(/[^a-z0-9.-]+/g, ' ')} `.includes(` ${target.name.toLowerCase()} `);
}

function claimsOf(says: string, citations: readonly Citation[]): readonly Claim[] {
  const claim = claimFromAll(says, citations.slice(0, shownAtMost));
  return claim === undefined ? [] : [claim];
}
