import type { Container } from './kubernetes/pod-template.ts';
import type { Pod } from './kubernetes/pod.ts';

/** Programs that do nothing: the pause image, or a shell that sleeps. */
const pauseImage = /(?:^|\/)pause(?:-[a-z0-9]+)?(?:[:@]|$)/;
const sleeps = /^(?:\S*\/)?sleep$|\bsleep (?:infinity|inf|\d+)|tail -f \/dev\/null/;

/**
 * True: the pod does nothing and has less than the ordinary priority: it holds room for others, gives way to them, and waits
 * until a node is added. That it waits is what it is for.
 */
export function isPlaceholder({ spec }: Pod): boolean {
  return (spec.priority ?? 0) < 0 && spec.containers.length > 0 && spec.containers.every(doesNothing);
}

function doesNothing({ image, command, args }: Container): boolean {
  const words = [...command, ...args];
  return pauseImage.test(image ?? '') || words.some((word) => sleeps.test(word)) || sleeps.test(words.join(' '));
}
