import type { Weight } from './failure-mode.ts';
import type { RuledOut, SchedulingCause } from './scheduler-message.ts';
import type { Obstacle, SchedulingVerdict } from './scheduling.ts';

/** One cause that keeps a pod waiting, and how sure that is. */
export interface Believed {
  readonly cause: SchedulingCause;
  readonly weight: Weight;
  /** Kinds of obstacles that stand for it. */
  readonly obstacles: readonly Obstacle['kind'][];
  /** Nodes that would be left for the pod but for this. */
  readonly nodes: readonly string[];
}

type NodeView = SchedulingVerdict['nodes'][number];

const obstacleKinds: { readonly [Cause in SchedulingCause]: readonly Obstacle['kind'][] } = {
  resources: ['resources', 'pod-slots'],
  selector: ['node-selector', 'node-affinity'],
  taint: ['taint'],
  cordon: ['cordoned'],
  'host-port': ['host-port'],
  'anti-affinity': ['pod-anti-affinity'],
  affinity: ['pod-affinity'],
  spread: ['topology-spread'],
  'volume-place': ['volume-node-affinity'],
  'nodes-not-ready': ['not-ready'],
  'volume-limit': [],
  claim: [],
  'no-nodes': [],
};

/** Taints that keep ordinary pods off on purpose; that they do is nobody's fault while there are other nodes. */
const reserved = /^node-role\.kubernetes\.io\/(?:control-plane|master|infra|etcd)$/;
/** Set by the node controllers for a node that is short of something: the node's trouble and not the pod's. */
const nodeCondition = /^node\.kubernetes\.io\//;

/**
 * The causes in question, most believed first. Nodes are narrowed down in the order in which people think of them: who
 * matches at all, who holds the volume, who is up, who is open, who has room. The step at which none is left is the cause.
 */
export function bindingCauses(told: readonly RuledOut[], verdict: SchedulingVerdict | undefined): readonly Believed[] {
  if (told.some((each) => each.cause === 'claim')) return [{ cause: 'claim', weight: 'conclusive', obstacles: [], nodes: [] }];
  // Room that seems to be left may only be due to pods that could not be read: then the scheduler's own word counts.
  if (verdict === undefined || verdict.nodes.length === 0 || verdict.fits.length > 0)
    return fromMessage(told, verdict !== undefined && verdict.fits.length > 0);
  const saidSo = (cause: SchedulingCause): boolean => told.some((each) => each.cause === cause);
  return fromNodes(verdict.nodes).map((each) =>
    each.weight === 'conclusive' && told.length > 0 && !saidSo(each.cause) ? { ...each, weight: 'strong' } : each,
  );
}

function has(node: NodeView, cause: SchedulingCause): boolean {
  return node.obstacles.some((obstacle) => obstacleKinds[cause].includes(obstacle.kind));
}

function hasTaint(node: NodeView, isMeant: (key: string) => boolean): boolean {
  return node.obstacles.some((obstacle) => obstacle.kind === 'taint' && isMeant(obstacle.key));
}

function believed(cause: SchedulingCause, weight: Weight, nodes: readonly NodeView[]): Believed {
  return { cause, weight, obstacles: obstacleKinds[cause], nodes: nodes.map((each) => each.node) };
}

function fromNodes(all: readonly NodeView[]): readonly Believed[] {
  const matching = all.filter((node) => !has(node, 'selector'));
  if (matching.length === 0) return [believed('selector', 'conclusive', all)];
  const holding = matching.filter((node) => !has(node, 'volume-place'));
  if (holding.length === 0) return [believed('volume-place', 'conclusive', matching)];
  const meant = otherwise(
    holding.filter((node) => !hasTaint(node, (key) => reserved.test(key))),
    holding,
  );
  const up = meant.filter((node) => !has(node, 'nodes-not-ready') && !hasTaint(node, (key) => nodeCondition.test(key)));
  if (up.length === 0) return [believed('nodes-not-ready', 'conclusive', meant), ...volumeBinds(matching, holding)];
  const tolerated = up.filter((node) => !has(node, 'taint'));
  if (tolerated.length === 0) return [believed('taint', 'conclusive', up), ...volumeBinds(matching, holding)];
  const open = tolerated.filter((node) => !has(node, 'cordon'));
  if (open.length === 0) return [believed('cordon', 'conclusive', tolerated), ...volumeBinds(matching, holding)];
  const shut = up.filter((node) => node.obstacles.length > 0 && node.obstacles.every((obstacle) => obstacle.kind === 'cordoned'));
  return [...fromRoom(open), ...(shut.length > 0 ? [believed('cordon', 'suggestive', shut)] : []), ...volumeBinds(matching, holding)];
}

function otherwise(some: readonly NodeView[], all: readonly NodeView[]): readonly NodeView[] {
  return some.length > 0 ? some : all;
}

/** Others would take the pod if its volume could move. */
function volumeBinds(matching: readonly NodeView[], holding: readonly NodeView[]): readonly Believed[] {
  const others = matching.filter(
    (node) => !holding.includes(node) && node.obstacles.every((obstacle) => obstacle.kind === 'volume-node-affinity'),
  );
  return others.length > 0 ? [believed('volume-place', 'suggestive', others)] : [];
}

const lateCauses: readonly SchedulingCause[] = ['resources', 'anti-affinity', 'spread', 'affinity', 'host-port', 'volume-limit'];

/** Among nodes that are open to the pod: what all of them lack; or each obstacle alone, the most frequent first. */
function fromRoom(open: readonly NodeView[]): readonly Believed[] {
  const everywhere = lateCauses.filter((cause) => open.every((node) => has(node, cause)));
  const alone = lateCauses
    .map((cause) => ({
      cause,
      nodes: open.filter((node) => has(node, cause) && !lateCauses.some((other) => other !== cause && has(node, other))),
    }))
    .filter((each) => each.nodes.length > 0);
  if (everywhere.length > 0) return everywhere.map((cause, rank) => believed(cause, rank === 0 ? 'conclusive' : 'suggestive', open));
  return alone
    .toSorted((left, right) => right.nodes.length - left.nodes.length || lateCauses.indexOf(left.cause) - lateCauses.indexOf(right.cause))
    .map(({ cause, nodes }, rank) => believed(cause, rank === 0 ? 'strong' : 'suggestive', nodes));
}

/**
 * The scheduler names for each node the first filter that ruled it out, in the order cordon, taint, selector, ports, room,
 * volumes, neighbours. So a late reason tells that nodes got that far, and earlier reasons are about other nodes.
 */
function fromMessage(told: readonly RuledOut[], isDisputed: boolean): readonly Believed[] {
  const ordinary = told.filter((each) => !(each.cause === 'taint' && reserved.test((each.detail ?? '').replace(/=.*$/, ''))));
  const counted = otherwiseTold(ordinary, told);
  const late = counted.filter((each) => lateCauses.includes(each.cause) || each.cause === 'volume-place');
  const pool = late.length > 0 ? late : counted;
  const causes = [...new Set(pool.toSorted((left, right) => (right.count ?? 0) - (left.count ?? 0)).map((each) => each.cause))];
  // A single reason for every node is the scheduler's plain word, and it knows of pods that we may not see; parts of it leave open which one binds.
  const sure: Weight = isDisputed && (told.length > 1 || causes.length > 1) ? 'suggestive' : 'strong';
  const isSplit = late.length === 0 && causes.length > 1;
  return causes.map((cause, rank) => ({ cause, weight: rank === 0 && !isSplit ? sure : 'suggestive', obstacles: [], nodes: [] }));
}

function otherwiseTold(some: readonly RuledOut[], all: readonly RuledOut[]): readonly RuledOut[] {
  return some.length > 0 ? some : all;
}
