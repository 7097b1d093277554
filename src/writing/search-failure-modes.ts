import type { AnyFailureMode } from '../domain/failure-mode.ts';

/** Modes that speak of every word. No words: all of them. */
export function searchFailureModes(words: string, catalogue: readonly AnyFailureMode[]): readonly AnyFailureMode[] {
  const wanted = wordsOf(words);
  return catalogue.filter((mode) => {
    const text = [mode.id, mode.title, ...Object.values(mode.explanation), ...mode.recognises.map((example) => example.story)]
      .join(' ')
      .toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
