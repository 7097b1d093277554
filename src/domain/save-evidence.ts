import type { Pod } from './kubernetes/pod.ts';
import { shellWord } from './shell-word.ts';

/** Commands that keep what would be lost with the pod: its last words, its present words, its state. */
export function saveCommands({ metadata }: Pod): readonly [string, ...string[]] {
  const namespace = shellWord(metadata.namespace ?? 'default');
  const name = shellWord(metadata.name);
  const file = (ending: string): string => shellWord(`${metadata.name}.${ending}`);
  return [
    `kubectl logs -n ${namespace} ${name} --all-containers --previous --timestamps > ${file('previous.log')}`,
    `kubectl logs -n ${namespace} ${name} --all-containers --timestamps > ${file('log')}`,
    `kubectl get pod -n ${namespace} ${name} -o yaml > ${file('yaml')}`,
  ];
}
