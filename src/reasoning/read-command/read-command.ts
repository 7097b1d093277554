import type { Look } from '../../domain/guard-rail.ts';
import { parseSelector } from '../parse-selector.ts';
import type { LabelSelector } from '../../domain/label-selector.ts';
import { type KubectlWords, sortKubectlWords } from './kubectl-flags.ts';
import { shellWords } from './shell-words.ts';
import { kindOf, type Named, namedObjects } from './named-objects.ts';

/** Which objects of one kind are meant: by name, by label, or all of them. */
export type Chosen =
  | { readonly by: 'name'; readonly names: readonly [string, ...string[]] }
  | { readonly by: 'selector'; readonly selector: LabelSelector }
  | { readonly by: 'all' };

/** What a command asks for, before anybody looked whether it is there. */
export type Asked =
  | { readonly kind: 'delete-pods'; readonly pods: Chosen }
  | { readonly kind: 'cordon' | 'uncordon' | 'drain'; readonly nodes: Chosen }
  | { readonly kind: 'rollout'; readonly verb: 'undo' | 'restart' | 'pause' | 'resume'; readonly of: Named; readonly toRevision: number }
  | { readonly kind: 'scale'; readonly of: Named; readonly to: number }
  | { readonly kind: 'set-memory-limit'; readonly of: Named; readonly container: string | undefined; readonly to: string }
  | { readonly kind: 'label-pods'; readonly pods: Chosen; readonly labels: { readonly [key: string]: string } }
  | { readonly kind: 'look-inside'; readonly how: Look; readonly at: Named }
  | { readonly kind: 'trust-ready'; readonly of: Named };

export type CommandReading =
  | {
      readonly state: 'understood';
      readonly asked: readonly [Asked, ...Asked[]];
      /** Absent: the command names none. */
      readonly namespace: string | undefined;
      /** Flags that may point at another cluster, as they were written. */
      readonly otherCluster: readonly string[];
    }
  /** It changes nothing and takes nobody's time. */
  | { readonly state: 'harmless'; readonly because: string }
  | { readonly state: 'no-rule'; readonly because: string }
  | { readonly state: 'unclear'; readonly because: string };

const readingVerbs: ReadonlySet<string> = new Set(
  'get describe top explain version api-resources api-versions cluster-info events diff completion options help'.split(' '),
);
const clusterFlags = ['context', 'kubeconfig', 'cluster', 'server'];

/** What a command would do. Nothing is carried out, and nothing of it is handed to a shell. */
export function readCommand(command: string): CommandReading {
  const split = shellWords(command);
  if (split.state === 'unclear') return split;
  const [program = '', ...words] = split.words;
  const name = program.replace(/^.*\//, '');
  if (name !== 'kubectl' && name !== 'k')
    return { state: 'no-rule', because: `Stanch knows kubectl, and nothing about ${name || 'an empty command'}` };
  const sorted = sortKubectlWords(words);
  if (sorted.state === 'unclear') return sorted;
  const { verb, operands, flags } = sorted;
  if (flags.has('help') || readingVerbs.has(verb) || (verb === 'rollout' && operands[0] === 'history'))
    return { state: 'harmless', because: `kubectl ${verb} only reads` };
  const rehearsal = flags.get('dry-run');
  if (rehearsal !== undefined && rehearsal !== 'none') return { state: 'harmless', because: '--dry-run changes nothing' };
  if (flags.has('filename') || flags.has('kustomize'))
    return { state: 'no-rule', because: 'what it does is written in a file that is not read here' };
  const asked = askedBy(sorted);
  if (asked === undefined)
    return { state: 'no-rule', because: `there is no rule for kubectl ${[verb, ...operands.slice(0, 1)].join(' ')}` };
  const [first, ...more] = asked;
  if (first === undefined) return { state: 'unclear', because: 'it does not say what of, or not in a way that is understood' };
  return {
    state: 'understood',
    asked: [first, ...more],
    namespace: flags.get('namespace'),
    otherCluster: clusterFlags.filter((flag) => flags.has(flag)).map((flag) => `--${flag} ${flags.get(flag) ?? ''}`),
  };
}

/** Undefined: no rule for such a command. Empty: there is one, and its words do not fit. */
function askedBy(words: KubectlWords): readonly Asked[] | undefined {
  const { verb, operands, flags } = words;
  switch (verb) {
    case 'delete':
      return deletion(words);
    case 'cordon':
    case 'uncordon':
    case 'drain': {
      const nodes = chosen(
        operands.map((each) => each.replace(/^(nodes?|no)\//, '')),
        flags,
      );
      return nodes === undefined ? [] : [{ kind: verb, nodes }];
    }
    case 'rollout':
      return rollout(words);
    case 'scale': {
      const to = Number(flags.get('replicas') ?? 'none');
      return Number.isInteger(to) && to >= 0 ? namedObjects(operands).map((of) => ({ kind: 'scale', of, to })) : [];
    }
    case 'set':
      return operands[0] === 'resources' ? memoryLimit(words) : undefined;
    case 'label':
      return labelling(words);
    case 'wait':
      return /^condition=ready(=true)?$/i.test(flags.get('for') ?? '')
        ? namedObjects(operands).map((of) => ({ kind: 'trust-ready', of }))
        : undefined;
    default:
      return looking(words);
  }
}

function chosen(names: readonly string[], flags: KubectlWords['flags']): Chosen | undefined {
  const [first, ...more] = names;
  const written = flags.get('selector');
  if (first !== undefined) return written === undefined ? { by: 'name', names: [first, ...more] } : undefined;
  if (written !== undefined) {
    const selector = parseSelector(written);
    return selector === undefined ? undefined : { by: 'selector', selector };
  }
  return flags.has('all') ? { by: 'all' } : undefined;
}

function deletion({ operands, flags }: KubectlWords): readonly Asked[] | undefined {
  const [first = '', ...rest] = operands;
  // With a field selector it is not known which are meant.
  if (flags.has('field-selector') || flags.has('all-namespaces')) return undefined;
  if (first.includes('/')) {
    const named = namedObjects(operands);
    const [pod, ...more] = named.filter((each) => each.kind === 'Pod').map((each) => each.name);
    if (named.length < operands.length || more.length + 1 < named.length || pod === undefined) return undefined;
    return [{ kind: 'delete-pods', pods: { by: 'name', names: [pod, ...more] } }];
  }
  if (kindOf(first) !== 'Pod') return undefined;
  const pods = chosen(rest, flags);
  return pods === undefined ? [] : [{ kind: 'delete-pods', pods }];
}

function rollout({ operands, flags }: KubectlWords): readonly Asked[] | undefined {
  const [verb, ...rest] = operands;
  const named = namedObjects(rest);
  if (verb === 'status') return named.map((of) => ({ kind: 'trust-ready', of }));
  if (verb !== 'undo' && verb !== 'restart' && verb !== 'pause' && verb !== 'resume') return undefined;
  const toRevision = Number(flags.get('to-revision') ?? '0');
  return Number.isInteger(toRevision) ? named.map((of) => ({ kind: 'rollout', verb, of, toRevision })) : [];
}

function memoryLimit({ operands, flags }: KubectlWords): readonly Asked[] | undefined {
  const limits = (flags.get('limits') ?? '').split(',').filter((each) => each !== '');
  const to = limits.find((each) => each.startsWith('memory='))?.slice('memory='.length);
  // Other resources are changed by the same command, and of those nothing is known.
  if (to === undefined || limits.length > 1 || flags.has('requests')) return undefined;
  const container = flags.get('containers') ?? flags.get('container');
  return namedObjects(operands.slice(1)).map((of) => ({ kind: 'set-memory-limit', of, container, to }));
}

function labelling({ operands, flags }: KubectlWords): readonly Asked[] | undefined {
  const isLabel = (word: string): boolean => word.includes('=') || word.endsWith('-');
  const words = operands.filter((word) => !isLabel(word));
  const written = operands.filter(isLabel);
  const [first = '', ...rest] = words;
  const isPods = kindOf(first) === 'Pod' || namedObjects([first])[0]?.kind === 'Pod';
  // A label that is taken away becomes nothing, which is not a value.
  if (!isPods || flags.has('list') || written.length === 0 || written.some((word) => word.endsWith('-'))) return undefined;
  const pods = chosen(
    [...(first.includes('/') ? [first.replace(/^[^/]*\//, '')] : []), ...rest.map((each) => each.replace(/^[^/]*\//, ''))],
    flags,
  );
  const labels = Object.fromEntries(written.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  return pods === undefined ? [] : [{ kind: 'label-pods', pods, labels }];
}

const looks: { readonly [verb: string]: Look } = {
  exec: 'run-command',
  attach: 'attach',
  debug: 'debug-pod',
  cp: 'copy-files',
  'port-forward': 'forward-port',
};

function looking({ verb, operands, flags }: KubectlWords): readonly Asked[] | undefined {
  const how = verb === 'logs' ? (flags.has('follow') ? 'follow-log' : 'read-log') : Object.hasOwn(looks, verb) ? looks[verb] : undefined;
  if (how === undefined) return undefined;
  // "kubectl cp [namespace/]pod:path path", in one direction or the other.
  const remote = verb === 'cp' ? operands.find((each) => each.includes(':'))?.replace(/:.*$/s, '') : operands[0];
  if (remote === undefined || remote === '') return [];
  if (verb === 'cp') {
    const [namespace, name] = remote.includes('/') ? remote.split('/') : [undefined, remote];
    return [{ kind: 'look-inside', how, at: { kind: 'Pod', name: name ?? remote, ...(namespace === undefined ? {} : { namespace }) } }];
  }
  const at = remote.includes('/') ? namedObjects([remote])[0] : { kind: 'Pod', name: remote };
  return at === undefined ? [] : [{ kind: 'look-inside', how, at }];
}
