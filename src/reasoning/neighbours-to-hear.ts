import { isBad, peerSubject } from '../domain/call-graph.ts';
import { hostsIn } from '../domain/dependency-trouble.ts';
import type { Replica } from '../domain/replica.ts';
import type { Backend } from '../domain/service-backends.ts';
import { subjectKey } from '../domain/subject.ts';
import type { Assessment } from './assess.ts';
import { type LogWish, logsOf } from './choose-next-evidence.ts';

/** Two replicas show whether a workload complains as a whole. */
const heardPerWorkload = 2;
const mostNeighbours = 20;

/**
 * Logs of those who stand next to the trouble and look well themselves: both ends of calls that go wrong, whom the complaints
 * that were heard name, and whom the settings of the target name. A program that passes on what another one does to it stays
 * Ready, and only its own log says what that is.
 */
export function logsOfNeighbours(assessment: Assessment): readonly LogWish[] {
  const { facts, scope } = assessment;
  const replicas = facts.get('replicas');
  const backends = facts.get('service-backends');
  if (replicas === undefined) return [];
  const logs = facts.get('container-logs') ?? [];
  const isHeard = ({ pod }: Replica): boolean =>
    logs.some((log) => log.namespace === pod.metadata.namespace && log.pod === pod.metadata.name);
  const ofCalls = (facts.get('service-calls') ?? [])
    .filter(isBad)
    .flatMap(({ caller, callee }) => [caller, callee].map((peer) => peerSubject(peer, { replicas, 'service-backends': backends })))
    .map((workload) => replicas.ofWorkload(workload));
  const ofComplaints = (facts.get('log-clues') ?? [])
    .filter(({ host }) => host !== undefined)
    .map(({ host, replica }) => backends?.ofHost(host, replica.pod.metadata.namespace));
  const [member] = [...scope.failing, ...scope.healthy].filter(({ workload }) => isTarget(assessment, workload));
  const ofSettings = (member?.pod.spec.containers ?? [])
    .flatMap(({ env }) => env.flatMap(({ value }) => hostsIn(value ?? '')))
    .map((host) => backends?.ofHost(host, member?.pod.metadata.namespace));
  const behind = ({ pods }: Backend): readonly Replica[] =>
    (pods ?? []).flatMap(({ metadata }) => replicas.ofPod(metadata.namespace, metadata.name) ?? []);
  const neighbours = [...ofCalls, ...[...ofComplaints, ...ofSettings].map((backend) => (backend === undefined ? [] : behind(backend)))];
  const unheard = new Map(
    neighbours
      .filter((members) => !members.some(isHeard))
      .flatMap((members) => (members[0] === undefined ? [] : [[subjectKey(members[0].workload), members] as const])),
  );
  return [...unheard.values()]
    .slice(0, mostNeighbours)
    .flatMap((members) => members.filter(({ health }) => health === 'healthy').slice(0, heardPerWorkload))
    .flatMap(logsOf);
}

function isTarget({ scope }: Assessment, workload: Replica['workload']): boolean {
  return scope.target !== undefined && subjectKey(workload) === subjectKey(scope.target);
}
