import type { WatchedView } from '../../../src/surfaces/http/contract.ts';
import type { Series } from '../contract-parts.ts';
import { measureWords } from './measure-words.ts';
import type { Spoken } from './state-words.ts';

/** One look in a line. What could not be seen is said, and makes the whole doubtful: it is never taken for well. */
export function watchedWords({ alert, failingReplicas, healthyReplicas, measured }: WatchedView, unit: Series['unit']): Spoken {
  const words = [
    replicaWords(failingReplicas, healthyReplicas),
    measured === undefined ? 'measure not seen' : `measures ${measureWords(measured, unit)}`,
    alert === undefined ? 'alert not seen' : `alert ${alert}`,
  ].join(' · ');
  if ((failingReplicas ?? 0) > 0 || alert === 'firing') return { words, tone: 'bad' };
  const isSeen = failingReplicas !== undefined && healthyReplicas !== undefined && measured !== undefined && alert !== undefined;
  return { words, tone: isSeen && alert === 'quiet' && healthyReplicas > 0 ? 'good' : 'doubtful' };
}

function replicaWords(failing: number | undefined, healthy: number | undefined): string {
  if (failing === undefined && healthy === undefined) return 'replicas not seen';
  return `${healthy ?? '?'} healthy, ${failing ?? '?'} failing`;
}
