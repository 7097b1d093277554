import type { AnyFailureMode } from '../../domain/failure-mode.ts';
import { writeExplanation, writeFailureModeList } from '../../writing/explanation.ts';
import { beginsWord, searchFailureModes, wordsOf } from '../../writing/search-failure-modes.ts';
import type { Layout } from '../../writing/layout.ts';
import type { Wanted } from './command-request.ts';
import type { Failure } from './looking.ts';

/** One failure mode explained, or a list of them. */
export function explain(
  wanted: Wanted,
  catalogue: readonly AnyFailureMode[],
  layout: Layout,
): { readonly lines: readonly string[] } | Failure {
  switch (wanted.kind) {
    case 'all':
      return { lines: writeFailureModeList(catalogue, layout) };
    case 'mode': {
      const mode = catalogue.find((each) => each.id === wanted.id.toLowerCase());
      return mode === undefined ? unknown(wanted.id, catalogue) : { lines: writeExplanation(mode, layout) };
    }
    case 'search': {
      const found = searchFailureModes(wanted.words, catalogue);
      return found.length === 0 ? nothingFound(wanted.words) : { lines: writeFailureModeList(found, layout) };
    }
  }
}

const mostNear = 3;

function unknown(id: string, catalogue: readonly AnyFailureMode[]): Failure {
  const near = nearTo(id, catalogue).slice(0, mostNear);
  const more = 'look for words with stanch explain --search WORDS; stanch explain lists them all';
  return {
    state: 'failed',
    attempted: `explaining ${id}`,
    happened: 'there is no failure mode of that name',
    whatToDo: near.length === 0 ? more : `Did you mean ${either(near)}? Or ${more}`,
  };
}

/** Whose name has all the words; else what speaks of them all, as of "CrashLoopBackOff"; else whose name has some, most first. */
function nearTo(id: string, catalogue: readonly AnyFailureMode[]): readonly string[] {
  const words = wordsOf(id);
  if (words.length === 0) return [];
  const named = catalogue
    .map((mode) => ({ id: mode.id, shared: words.filter((word) => beginsWord(mode.id, word)).length }))
    .filter(({ shared }) => shared > 0)
    .toSorted((one, other) => other.shared - one.shared);
  const whole = named.filter(({ shared }) => shared === words.length);
  if (whole.length > 0) return whole.map((mode) => mode.id);
  const speaking = searchFailureModes(id, catalogue);
  return (speaking.length > 0 ? speaking : named).map((mode) => mode.id);
}

function either(ids: readonly string[]): string {
  return ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} or ${ids.at(-1)}`;
}

function nothingFound(words: string): Failure {
  return {
    state: 'failed',
    attempted: `searching the failure modes for "${words}"`,
    happened: 'none speaks of all these words',
    whatToDo: 'Use fewer words; stanch explain lists them all',
  };
}
