const plain = /^[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*$/;

/**
 * A name as one word of a command that people paste into a shell. Names of Kubernetes pass as they are; anything else is
 * quoted, and what would be taken for an option is shown as what it is: no name.
 */
export function shellWord(name: string): string {
  if (plain.test(name)) return name;
  return name.startsWith('-') || name === '' ? "'(no valid name)'" : quoted(name);
}

/**
 * A command to copy, in which every value is one word of the shell or part of one, whatever a cluster, a log or a page put into
 * it: not even an owner's name is checked by the API server. What is a command by itself, as for ssh, is a value too.
 */
export function shellCommand(texts: TemplateStringsArray, ...values: readonly (string | number | undefined)[]): string {
  return texts.map((text, index) => `${text}${index < values.length ? shellWord(String(values[index] ?? '')) : ''}`).join('');
}

/** For a POSIX shell. Line breaks and other control characters become spaces: a command stays on its line. */
export function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return `'${text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').replaceAll("'", `'\\''`)}'`;
}
