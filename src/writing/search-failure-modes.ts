import type { AnyFailureMode } from '../domain/failure-mode.ts';

/** What people say for short, by the word that the catalogue says in full. */
const meanings: ReadonlyMap<string, string> = new Map([
  ['oom', 'memory'],
  ['pvc', 'claim'],
  ['pv', 'volume'],
  ['pdb', 'budget'],
  ['hpa', 'autoscaler'],
  ['netpol', 'networkpolicy'],
  ['rbac', 'permission'],
  ['lb', 'balancer'],
  ['cert', 'certificate'],
]);

/** Modes that speak of every word, most telling first. No words: all of them, as they stand. */
export function searchFailureModes(words: string, catalogue: readonly AnyFailureMode[]): readonly AnyFailureMode[] {
  const wanted = wordsOf(words);
  if (wanted.length === 0) return catalogue;
  const bySpokenWords = ranked(catalogue, wanted, (text, word) => beginsWord(text, word));
  // "pull" in "ImagePullBackOff" was found already; what stands in the middle of a word is better than nothing.
  return bySpokenWords.length > 0 ? bySpokenWords : ranked(catalogue, wanted, (text, word) => text.toLowerCase().includes(word));
}

type Speaks = (text: string, word: string) => boolean;

function ranked(catalogue: readonly AnyFailureMode[], words: readonly string[], speaks: Speaks): readonly AnyFailureMode[] {
  return catalogue
    .map((mode) => ({ mode, weights: words.map((word) => weightIn(mode, word, speaks)) }))
    .filter(({ weights }) => weights.every((weight) => weight > 0))
    .map(({ mode, weights }) => ({ mode, weight: weights.reduce((sum, each) => sum + each, 0) }))
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ mode }) => mode);
}

/** What a failure is called tells more than how it looks, and that more than whatever else is told of it. */
function weightIn(mode: AnyFailureMode, word: string, speaks: Speaks): number {
  const { id, title, explanation, recognises } = mode;
  const { whatItIs, howItLooks } = explanation;
  const places = [
    { weight: 4, texts: [id, title] },
    { weight: 2, texts: [whatItIs, howItLooks] },
    { weight: 1, texts: [...Object.values(explanation), ...recognises.map(({ story }) => story)] },
  ];
  const weightOf = (each: string): number => places.find(({ texts }) => texts.some((text) => speaks(text, each)))?.weight ?? 0;
  const meaning = meanings.get(word);
  return weightOf(word) + (meaning === undefined ? 0 : weightOf(meaning));
}

/** "oom" begins a word in "OOMKilled" and in "SystemOOM", but not in "too many" or "room". */
export function beginsWord(text: string, word: string): boolean {
  return [text, text.replace(/([a-z])(?=[A-Z])/g, '$1 ')].some((each) => ` ${wordsOf(each).join(' ')}`.includes(` ${word}`));
}

export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
