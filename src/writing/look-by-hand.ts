import type { EvidenceKind } from '../domain/evidence.ts';
import { derivedFrom, type FactKind } from '../domain/facts.ts';
import type { AnyFailureMode, FailureMode } from '../domain/failure-mode.ts';
import { commandToSee } from '../domain/kubectl-commands.ts';
import { resources } from '../domain/kubernetes/resources.ts';

/** Commands that a person without Stanch would run. Words in capitals stand for what the reader fills in. */
export interface LookByHand {
  /** What the rule cannot do without. */
  readonly first: readonly string[];
  /** What makes it surer, or rules it out. */
  readonly surer: readonly string[];
}

export function lookByHand(mode: AnyFailureMode): LookByHand {
  const whole = mode as unknown as FailureMode;
  const commandsFor = (kinds: readonly FactKind[]): readonly string[] => [
    ...new Set(kinds.flatMap(evidenceOf).flatMap((kind) => commandsOf(kind, whole))),
  ];
  const first = commandsFor(whole.needs);
  return { first, surer: commandsFor(whole.helpedBy).filter((command) => !first.includes(command)) };
}

/** Of what a fact is derived from, the part that a person looks at as well. */
const alsoLookedAt: { readonly [Kind in FactKind]?: readonly EvidenceKind[] } = {
  'service-backends': ['endpointslices'],
  'judged-alert': ['alert-history', 'scrape-targets'],
};

function evidenceOf(kind: FactKind): readonly EvidenceKind[] {
  const derived = isDerived(kind) ? derivedFrom[kind].needs : [kind as EvidenceKind];
  return [...derived, ...(alsoLookedAt[kind] ?? [])];
}

function isDerived(kind: FactKind): kind is keyof typeof derivedFrom {
  return Object.hasOwn(derivedFrom, kind);
}

function commandsOf(kind: EvidenceKind, mode: FailureMode): readonly string[] {
  switch (kind) {
    case 'pods':
      return ['kubectl get pods -n NAMESPACE -o wide', 'kubectl describe pod -n NAMESPACE POD'];
    case 'nodes':
      return ['kubectl get nodes -o wide', 'kubectl describe node NODE'];
    case 'events':
      return ['kubectl get events -n NAMESPACE --sort-by=.metadata.creationTimestamp'];
    case 'container-logs':
      return [
        'kubectl logs -n NAMESPACE POD --all-containers --tail=200',
        'kubectl logs -n NAMESPACE POD --all-containers --tail=200 --previous',
      ];
    case 'metrics':
      return [commandToSee({ kind: 'metric', expression: 'EXPRESSION' })];
    case 'alert-history':
      return [commandToSee({ kind: 'alert', alert: 'ALERT' })];
    case 'scrape-targets':
      return [commandToSee({ kind: 'scrape-target', job: '', instance: '' })];
    case 'node-commands':
      return nodeCommandsIn(mode).map((command) => commandToSee({ kind: 'node-command', node: 'NODE', command }));
    case 'connectivity-probes':
      return ['kubectl exec -n NAMESPACE POD -- nc -z -v -w 3 HOST PORT'];
    // Whatever traces or measures calls has a screen of its own.
    case 'service-calls':
      return [];
    default:
      return [`kubectl get ${kind}${resources[kind].isNamespaced ? ' -n NAMESPACE' : ''} -o wide`];
  }
}

/** Nobody needs all that could be run on a node: the examples of a mode hold the commands that show it. */
function nodeCommandsIn(mode: FailureMode): readonly string[] {
  const shown = mode.recognises.flatMap((example) => (example.given['node-commands'] ?? []).map((each) => each.command));
  return shown.length === 0 ? ['systemctl-status-kubelet'] : [...new Set(shown)];
}
