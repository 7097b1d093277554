import { type Claim, citeNodeCommand, citeObject, claim } from '../domain/citation.ts';
import type { Destination } from '../domain/destination.ts';
import { clockTime, type Instant, spokenDuration } from '../domain/instant.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import { readyOf, unhealthyConditions, type NodeConcern } from '../domain/node-conditions.ts';
import type { NodeReport } from '../domain/node-report.ts';
import type { Proof } from '../domain/proof.ts';
import { shellWord } from '../domain/shell-word.ts';
import type { Assessment } from './assess.ts';
import { proveConnections } from './prove-connections.ts';
import { proveServiceDaemon, proveServiceRules } from './prove-service-routing.ts';
import { stableMilliseconds } from './stable-for.ts';

export interface ToProve {
  /** What failing replicas could not reach, kept from before the mitigation. Empty: nobody complained of a connection. */
  readonly destinations: readonly Destination[];
  /** Probes from before this are no proof. */
  readonly since: Instant;
}

/** Whether a node may take pods again. Each is a proof of its own, and what could not be seen proves nothing. */
export function proveNode(node: string, assessment: Assessment, toProve: ToProve): readonly Proof[] {
  const reports = assessment.facts.get('node-reports') ?? [];
  const report = reports.find((each) => each.node === node);
  return [
    proveReady(node, assessment),
    proveServiceRules(node, assessment),
    proveServiceDaemon(node, assessment),
    ...proveDaemons(node, assessment),
    ...(report === undefined ? [] : proveUnits(report, assessment.snapshot.takenAt)),
    ...proveConnections(node, assessment, toProve),
  ];
}

const concerns: readonly NodeConcern[] = [
  'memory',
  'disk',
  'processes',
  'network',
  'kernel',
  'file-system',
  'runtime',
  'kubelet',
  'hardware',
];

function proveReady(name: string, { facts, snapshot }: Assessment): Proof {
  const proof = { id: 'node-ready', claim: `${name} has been Ready, without pressure, for a minute` } as const;
  const node = facts.get('nodes')?.named(undefined, name);
  const ready = node === undefined ? undefined : readyOf(node);
  if (node === undefined || ready?.status === undefined)
    return { ...proof, holds: 'cannot-tell', because: [], wouldSettle: `kubectl describe node ${shellWord(name)}` };
  if (ready.status !== 'True')
    return { ...proof, holds: 'no', because: [conditionClaim(node, 'Ready', ready.status, `${name} is not Ready.`)] };
  const [bad] = concerns.flatMap((concern) => unhealthyConditions(node, concern));
  if (bad !== undefined)
    return {
      ...proof,
      holds: 'no',
      because: [conditionClaim(node, bad.type ?? '', bad.status ?? '', `${name} reports ${bad.type ?? 'trouble'}.`)],
    };
  const pressures = node.status.conditions.filter(({ type }) => type === 'Ready' || type?.endsWith('Pressure') === true);
  const unknown = pressures.find(({ status }) => status === 'Unknown');
  if (unknown !== undefined)
    return {
      ...proof,
      holds: 'cannot-tell',
      because: [
        conditionClaim(node, unknown.type ?? '', 'Unknown', `${name} does not say how it stands with ${unknown.type ?? 'a condition'}.`),
      ],
      wouldSettle: `kubectl describe node ${shellWord(name)}`,
    };
  const since = Math.max(...pressures.map(({ lastTransitionTime }) => lastTransitionTime ?? 0));
  const age = snapshot.takenAt - since;
  const says = `${name} is Ready and under no pressure${since === 0 ? '' : ` since ${clockTime(since)}`}.`;
  return { ...proof, holds: age >= stableMilliseconds ? 'yes' : 'no', because: [conditionClaim(node, 'Ready', 'True', says)] };
}

function conditionClaim(node: Node, type: string, status: string, says: string): Claim {
  const condition = node.status.conditions.find((each) => each.type === type);
  return claim(says, citeObject(node, `status.conditions[${type}]: ${status}`, condition?.lastTransitionTime));
}

/** Kubernetes' own mark for pods that a node cannot do without, such as the agent of the pod network. */
const nodeCritical = 'system-node-critical';

function proveDaemons(name: string, { facts, snapshot }: Assessment): readonly Proof[] {
  const own = (facts.get('replicas')?.onNode(name) ?? []).filter(
    ({ pod, workload, health }) => workload.kind === 'DaemonSet' && pod.spec.priorityClassName === nodeCritical && health !== 'finished',
  );
  if (own.length === 0) return [];
  const restless = own.filter(
    ({ pod, health }) =>
      health !== 'healthy' ||
      pod.status.containerStatuses.some(({ state }) => snapshot.takenAt - (state.running?.startedAt ?? 0) < stableMilliseconds),
  );
  const shown = (restless.length > 0 ? restless : own).slice(0, 4);
  const because = shown.map(({ pod, health }) =>
    claim(
      `${pod.metadata.name} is ${restless.length > 0 ? `${health}, or was started within the last minute` : 'Ready'}.`,
      citeObject(pod, health),
    ),
  );
  return [
    {
      id: 'daemons-ready',
      claim: `what ${name} cannot do without runs and is Ready`,
      holds: restless.length === 0 ? 'yes' : 'no',
      because,
    },
  ];
}

const nodeUnits: ReadonlySet<string> = new Set([
  'kubelet',
  'containerd',
  'crio',
  'docker',
  'k3s',
  'k3s-agent',
  'rke2-agent',
  'rke2-server',
]);

/** Units that do not exist on a node print nothing, and are no sign of anything. */
function proveUnits({ node, units }: NodeReport, now: Instant): readonly Proof[] {
  const own = units.filter(({ unit, state }) => nodeUnits.has(unit) && !(unit === 'docker' && state === 'inactive'));
  if (own.length === 0) return [];
  const restless = own.filter(({ state, since }) => state !== 'active' || (since !== undefined && now - since < stableMilliseconds));
  const because = (restless.length > 0 ? restless : own).slice(0, 4).map(({ unit, state, since, command }) => {
    const age = since === undefined ? '' : ` for ${spokenDuration(now - since)}`;
    return claim(`${unit} on ${node} is ${state}${age}.`, citeNodeCommand(node, command, `${unit}: ${state}`));
  });
  const names = [...new Set(own.map(({ unit }) => unit))].join(' and ');
  return [
    { id: 'units-active', claim: `${names} on ${node} run without a fresh restart`, holds: restless.length === 0 ? 'yes' : 'no', because },
  ];
}
