import { seen } from '../../domain/cluster-change.ts';
import type { Collection } from '../../domain/collection.ts';
import type { Deed } from '../../domain/guard-rail.ts';
import type { ApiObject, ResourceName } from '../../domain/kubernetes/resources.ts';
import { matchesSelector } from '../../domain/label-selector.ts';
import { type Subject, subject } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import type { Named } from './named-objects.ts';
import type { Asked, Chosen } from './read-command.ts';

export interface FoundDeeds {
  readonly deeds: readonly Deed[];
  /** What is meant and was not seen, or could not be looked for. */
  readonly doubts: readonly string[];
}

const nothing: FoundDeeds = { deeds: [], doubts: [] };

function doubt(says: string): FoundDeeds {
  return { deeds: [], doubts: [says] };
}

function together(all: readonly FoundDeeds[]): FoundDeeds {
  return { deeds: all.flatMap((each) => each.deeds), doubts: all.flatMap((each) => each.doubts) };
}

/** What the command would do to objects that are there. */
export function findDeeds(asked: Asked, namespace: string, facts: FactSource): FoundDeeds {
  switch (asked.kind) {
    case 'delete-pods':
    case 'label-pods':
      return onPods(asked, namespace, facts);
    case 'cordon':
    case 'uncordon':
    case 'drain':
      return onNodes(asked, facts);
    case 'rollout':
    case 'scale':
    case 'set-memory-limit':
      return onWorkload(asked, namespace, facts);
    case 'look-inside':
      return onNamed(asked.at, namespace, facts, (of) => ({ kind: 'look-inside', how: asked.how, subject: of }));
    case 'trust-ready':
      return onNamed(asked.of, namespace, facts, (of) => ({ kind: 'trust-ready', subject: of }));
  }
}

function onPods(asked: Extract<Asked, { readonly pods: Chosen }>, namespace: string, facts: FactSource): FoundDeeds {
  return onChosen(asked.pods, { kind: 'Pod', list: facts.get('pods'), namespace }, (pod) => {
    const of = { namespace, pod: pod.metadata.name, ...seen(pod) };
    return asked.kind === 'delete-pods' ? { kind: 'delete-pod', ...of } : { kind: 'relabel-pod', ...of, labels: asked.labels };
  });
}

function onNodes(asked: Extract<Asked, { readonly nodes: Chosen }>, facts: FactSource): FoundDeeds {
  return onChosen(asked.nodes, { kind: 'Node', list: facts.get('nodes'), namespace: undefined }, (node) =>
    asked.kind === 'drain' ? { kind: 'drain', node: node.metadata.name } : { kind: asked.kind, node: node.metadata.name, ...seen(node) },
  );
}

interface Among {
  readonly kind: 'Pod' | 'Node';
  /** Undefined: could not be read. */
  readonly list: Collection<ApiObject> | undefined;
  readonly namespace: string | undefined;
}

function onChosen(chosen: Chosen, among: Among, deedOf: (object: ApiObject) => Deed): FoundDeeds {
  const { kind, list, namespace } = among;
  const plural = kind === 'Pod' ? 'Pods' : 'Nodes';
  if (list === undefined) return doubt(`${plural} could not be read.`);
  if (chosen.by === 'name') {
    return together(
      chosen.names.map((name) => {
        const object = list.named(namespace, name);
        return object === undefined ? doubt(unseen({ kind, namespace, name }, list)) : { deeds: [deedOf(object)], doubts: [] };
      }),
    );
  }
  const inside = namespace === undefined ? list.all : list.inNamespace(namespace);
  const meant = inside.filter((object) => chosen.by === 'all' || matchesSelector(chosen.selector, object.metadata.labels));
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const missing = list.isComplete(namespace)
    ? []
    : [`Not all ${plural.toLowerCase()}${where} could be read, so more of them may be meant.`];
  if (meant.length === 0) return { deeds: [], doubts: [`It means no ${kind.toLowerCase()}${where} that was seen.`, ...missing] };
  return { deeds: meant.map(deedOf), doubts: missing };
}

/** A name that was not found is often one of another namespace. */
function unseen(
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string | undefined; readonly name: string },
  list: Collection<ApiObject>,
): string {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const elsewhere = namespace === undefined ? undefined : list.all.find((object) => object.metadata.name === name)?.metadata.namespace;
  const hint = elsewhere === undefined ? '' : ` There is one in ${elsewhere}: add -n ${elsewhere}.`;
  return `No ${kind} ${name} was seen${where}.${hint}`;
}

const listOf: { readonly [kind: string]: ResourceName } = {
  Pod: 'pods',
  Node: 'nodes',
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  ReplicaSet: 'replicasets',
  Service: 'services',
  Job: 'jobs',
};

function lookUp(
  named: Named,
  namespace: string,
  facts: FactSource,
): { readonly object: ApiObject; readonly of: Subject } | { readonly doubt: string } {
  const resource = listOf[named.kind];
  const list: Collection<ApiObject> | undefined = resource === undefined ? undefined : facts.get(resource);
  if (list === undefined) return { doubt: `Objects of kind ${named.kind} could not be read.` };
  const place = named.kind === 'Node' ? undefined : (named.namespace ?? namespace);
  const object = list.named(place, named.name);
  return object === undefined
    ? { doubt: unseen({ kind: named.kind, namespace: place, name: named.name }, list) }
    : { object, of: subject(named.kind, place, named.name) };
}

function onNamed(named: Named, namespace: string, facts: FactSource, deedOf: (of: Subject) => Deed): FoundDeeds {
  const found = lookUp(named, namespace, facts);
  return 'doubt' in found ? doubt(found.doubt) : { deeds: [deedOf(found.of)], doubts: [] };
}

type OnWorkload = Extract<Asked, { readonly kind: 'rollout' | 'scale' | 'set-memory-limit' }>;

function onWorkload(asked: OnWorkload, namespace: string, facts: FactSource): FoundDeeds {
  const found = lookUp(asked.of, namespace, facts);
  if ('doubt' in found) return doubt(found.doubt);
  const { of, object } = found;
  const identity = seen(object);
  if (asked.kind === 'rollout') {
    const deed: Deed =
      asked.verb === 'undo'
        ? { kind: 'roll-back', workload: of, toRevision: asked.toRevision, ...identity }
        : { kind: `${asked.verb}-rollout`, workload: of, ...identity };
    return { deeds: [deed], doubts: [] };
  }
  if (asked.kind === 'scale') {
    const sized = facts.get('deployments')?.withUid(object.metadata.uid) ?? facts.get('statefulsets')?.withUid(object.metadata.uid);
    const from = sized?.spec.replicas ?? 1;
    return { deeds: [{ kind: 'scale', workload: of, from, to: asked.to, ...identity }], doubts: [] };
  }
  const container = asked.container ?? '';
  return { deeds: [{ kind: 'set-memory-limit', workload: of, container, from: '', to: asked.to, ...identity }], doubts: [] };
}

/** Several parts of one command. */
export function findAllDeeds(asked: readonly Asked[], namespace: string, facts: FactSource): FoundDeeds {
  return asked.length === 0 ? nothing : together(asked.map((each) => findDeeds(each, namespace, facts)));
}
