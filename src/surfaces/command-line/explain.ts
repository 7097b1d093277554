import type { AnyFailureMode } from '../../domain/failure-mode.ts';
import { writeExplanation, writeFailureModeList } from '../../writing/explanation.ts';
import { searchFailureModes, wordsOf } from '../../writing/search-failure-modes.ts';
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

function unknown(id: string, catalogue: readonly AnyFailureMode[]): Failure {
  const words = wordsOf(id);
  const near = catalogue
    .map((mode) => ({ id: mode.id, shared: words.filter((word) => mode.id.includes(word)).length }))
    .filter(({ shared }) => shared > 0)
    .toSorted((one, other) => other.shared - one.shared)
    .slice(0, 3);
  const hint =
    near.length === 0
      ? 'stanch explain lists them all'
      : `Did you mean ${near.map((mode) => mode.id).join(' or ')}? stanch explain lists them all`;
  return { state: 'failed', attempted: `explaining ${id}`, happened: 'there is no failure mode of that name', whatToDo: hint };
}

function nothingFound(words: string): Failure {
  return {
    state: 'failed',
    attempted: `searching the failure modes for "${words}"`,
    happened: 'none speaks of all these words',
    whatToDo: 'Use fewer words; stanch explain lists them all',
  };
}
