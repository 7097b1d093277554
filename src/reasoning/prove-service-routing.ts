import { type Claim, citeList, citeNodeCommand, citeObject, claim } from '../domain/citation.ts';
import { clockTime, type Instant, millisecondsPerMinute, spokenDuration } from '../domain/instant.ts';
import { kubeProxyOn } from '../domain/kube-proxy.ts';
import { nodeCommandId } from '../domain/node-command.ts';
import type { NodeReport } from '../domain/node-report.ts';
import type { Proof } from '../domain/proof.ts';
import { type Replica, type Replicas, statusOf } from '../domain/replica.ts';
import { quoted, shellWord } from '../domain/shell-word.ts';
import { judgeServiceRules } from '../domain/service-rules-shortfall.ts';
import type { Assessment } from './assess.ts';
import { stableMilliseconds } from './stable-for.ts';

const container = 'kube-proxy';

export function proveServiceRules(node: string, assessment: Assessment): Proof {
  const proof = { id: 'service-rules', claim: `the service rules on ${node} are complete` } as const;
  const reports = assessment.facts.get('node-reports') ?? [];
  const elsewhere = servedOtherwise(node, assessment);
  if (elsewhere !== undefined) return { ...proof, claim: `no kube-proxy rules are needed on ${node}`, holds: 'yes', because: [elsewhere] };
  const verdict = judgeServiceRules(
    reports.find((each) => each.node === node),
    reports,
  );
  const short = shortOfAnother(node, reports);
  if (verdict.state === 'complete' && short !== undefined) return { ...proof, holds: 'no', because: [short] };
  if (verdict.state === 'complete') return { ...proof, holds: 'yes', because: [verdict.claim] };
  if (verdict.state === 'incomplete') return { ...proof, holds: 'no', because: verdict.shortfall.claims };
  const list = `ssh ${shellWord(node)} ${quoted('sudo iptables -t nat -n -L KUBE-SERVICES')}`;
  return {
    ...proof,
    holds: 'cannot-tell',
    because: [],
    wouldSettle: `--node-access debug-pod (or ssh) lists them on ${node} and on a good node. By hand: ${list}`,
  };
}

/** A node that is suspected may lag behind others; one that is to be trusted again may not, and is asked again anyway. */
function shortOfAnother(node: string, reports: readonly NodeReport[]): Claim | undefined {
  const own = reports.find((each) => each.node === node)?.serviceRules;
  if (own === undefined || own.isApproximate) return undefined;
  const fuller = reports.find(
    ({ node: other, serviceRules }) =>
      other !== node && serviceRules?.mode === own.mode && !serviceRules.isApproximate && serviceRules.found > own.found,
  );
  if (fuller?.serviceRules === undefined) return undefined;
  return claim(
    `${node} has rules for ${own.found} service ports; ${fuller.node} has ${fuller.serviceRules.found}.`,
    citeNodeCommand(node, own.command, `${own.found} service rules found`),
    citeNodeCommand(fuller.node, fuller.serviceRules.command, `${fuller.serviceRules.found} service rules found`),
  );
}

/** The process that writes the rules: what it did not keep up a minute ago it will lose again. */
export function proveServiceDaemon(node: string, assessment: Assessment): Proof {
  const proof = { id: 'service-daemon', claim: `kube-proxy on ${node} is stable` } as const;
  const { facts, snapshot } = assessment;
  const elsewhere = servedOtherwise(node, assessment);
  if (elsewhere !== undefined) return { ...proof, claim: `no kube-proxy is needed on ${node}`, holds: 'yes', because: [elsewhere] };
  const replicas = facts.get('replicas');
  const replica = replicas === undefined ? undefined : kubeProxyOn(node, replicas);
  if (replica !== undefined) return { ...proof, ...judgePod(replica, snapshot.takenAt) };
  const unit = facts
    .get('node-reports')
    ?.find((each) => each.node === node)
    ?.units.find((each) => /^kube-?proxy/.test(each.unit));
  if (unit !== undefined) return { ...proof, ...judgeUnit(node, unit, snapshot.takenAt) };
  const hasPods = replicas !== undefined && facts.get('pods')?.isComplete(undefined) === true && runsAsPods(replicas);
  if (hasPods)
    return {
      ...proof,
      holds: 'no',
      because: [claim(`Other nodes run kube-proxy as a pod; ${node} has none.`, citeList('pods', undefined, `no kube-proxy on ${node}`))],
    };
  return {
    ...proof,
    holds: 'cannot-tell',
    because: [],
    wouldSettle: `On ${node}: whether what embeds kube-proxy there (k3s, k0s, kubelite) was restarted in the last minutes`,
  };
}

function runsAsPods({ all }: Replicas): boolean {
  return all.some(({ pod }) => pod.spec.containers.some(({ name }) => name === container));
}

type Judged = Pick<Proof, 'holds' | 'because'>;

/** Longer than this nobody waits: a kill that comes later is a new incident. */
const longestLifeMilliseconds = 5 * millisecondsPerMinute;

/**
 * Ready, and for longer than the incarnation that was killed before it lived: one that is killed every three minutes looks
 * stable after one.
 */
function judgePod({ pod, health }: Replica, now: Instant): Judged {
  const status = statusOf(pod, container);
  const startedAt = status?.state.running?.startedAt;
  const last = status?.lastState.terminated;
  const node = pod.spec.nodeName ?? '';
  if (health !== 'healthy' || startedAt === undefined)
    return { holds: 'no', because: [claim(`kube-proxy on ${node} is ${health}.`, citeObject(pod, `kube-proxy: ${health}`))] };
  const lived = last?.startedAt === undefined || last.finishedAt === undefined ? 0 : last.finishedAt - last.startedAt;
  const wanted = Math.max(stableMilliseconds, Math.min(lived, longestLifeMilliseconds));
  const age = now - startedAt;
  const before =
    last?.finishedAt === undefined ? '' : `; the one before it ended at ${clockTime(last.finishedAt)} (${last.reason ?? 'Error'})`;
  const enough = age >= wanted ? '' : `, and ${spokenDuration(wanted)} are wanted`;
  const says = `kube-proxy on ${node} has been Ready for ${spokenDuration(age)}${enough}${before}.`;
  return {
    holds: age >= wanted ? 'yes' : 'no',
    because: [claim(says, citeObject(pod, `state.running.startedAt: ${clockTime(startedAt)}`, startedAt))],
  };
}

function judgeUnit(node: string, { unit, state, since, command }: NodeReport['units'][number], now: Instant): Judged {
  const because = [
    claim(
      `The unit ${unit} on ${node} is ${state}${since === undefined ? '' : ` since ${clockTime(since)}`}.`,
      citeNodeCommand(node, command, `${unit}: ${state}`),
    ),
  ];
  if (state !== 'active') return { holds: 'no', because };
  if (since === undefined) return { holds: 'cannot-tell', because };
  return { holds: now - since >= stableMilliseconds ? 'yes' : 'no', because };
}

const ruleListings: ReadonlySet<string> = new Set(['iptables-save-nat', 'iptables-kube-services', 'nft-list-ruleset', 'ipvsadm']);

/**
 * Where something else than kube-proxy routes Services (eBPF), there are no rules to count, and the connection alone decides.
 * Only what was seen says so: no pod and no unit of that name anywhere, and listings without its rules on this and another node.
 */
function servedOtherwise(node: string, { facts }: Assessment): Claim | undefined {
  const replicas = facts.get('replicas');
  const reports = facts.get('node-reports') ?? [];
  const outputs = (facts.get('node-commands') ?? []).filter(
    ({ command, exitStatus, output }) => ruleListings.has(nodeCommandId(command)) && exitStatus === 0 && output.trim() !== '',
  );
  const own = outputs.find((each) => each.node === node);
  const other = outputs.find((each) => each.node !== node);
  const isSomewhere =
    replicas === undefined ||
    facts.get('pods')?.isComplete(undefined) !== true ||
    runsAsPods(replicas) ||
    reports.some(({ serviceRules, units }) => serviceRules !== undefined || units.some(({ unit }) => /^kube-?proxy/.test(unit)));
  if (isSomewhere || own === undefined || other === undefined) return undefined;
  return claim(
    `Neither ${node} nor ${other.node} has rules of kube-proxy, and no kube-proxy runs: something else routes Services here, and only a connection can prove that it does.`,
    citeNodeCommand(node, own.command, 'no rules of kube-proxy'),
    citeNodeCommand(other.node, other.command, 'no rules of kube-proxy'),
  );
}
