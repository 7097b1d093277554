export type ShellWords =
  | { readonly state: 'split'; readonly words: readonly string[] }
  /** It is more than one plain command, or not a whole one. */
  | { readonly state: 'unclear'; readonly because: string };

/** What a shell would act on beyond words and quotes. Nothing of it is ever carried out here, and so its end is not known. */
const acting = new Set([';', '|', '&', '<', '>', '(', ')', '`', '$', '\n', '\r', '*', '?', '[', '{', '~', '#', '!']);
/** Longer than any command that a person types. */
const longestCommand = 8192;

/** The words of one plain command, quotes and backslashes undone as a POSIX shell does. */
export function shellWords(command: string): ShellWords {
  if (command.length > longestCommand) return { state: 'unclear', because: `it is longer than ${longestCommand} characters` };
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < command.length; index += 1) {
    const character = command[index] ?? '';
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word = (word ?? '') + character;
      continue;
    }
    if (character === '\\') {
      const next = command[index + 1];
      if (next === undefined) return { state: 'unclear', because: 'it ends with a backslash' };
      // Between double quotes a backslash protects only what would be special there.
      word = (word ?? '') + (quote === '"' && !'$`"\\'.includes(next) ? `\\${next}` : next);
      index += 1;
      continue;
    }
    if (quote === '"') {
      if (character === '"') quote = undefined;
      else if (character === '$' || character === '`')
        return { state: 'unclear', because: `only a shell knows what ${character} stands for` };
      else word = (word ?? '') + character;
      continue;
    }
    if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (acting.has(character) && !('#!~'.includes(character) && word !== undefined)) {
      return {
        state: 'unclear',
        because: 'it is more than one plain command: give the kubectl command alone, without pipes and variables',
      };
    } else word = (word ?? '') + character;
  }
  if (quote !== undefined) return { state: 'unclear', because: 'a quotation mark is not closed' };
  return { state: 'split', words: word === undefined ? words : [...words, word] };
}
