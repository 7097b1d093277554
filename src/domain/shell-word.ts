const plain = /^[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*$/;

/**
 * A name as one word of a command that people paste into a shell. Names of Kubernetes pass as they are; anything else is
 * quoted, and what would be taken for an option is shown as what it is: no name.
 */
export function shellWord(name: string): string {
  if (plain.test(name)) return name;
  return name.startsWith('-') || name === '' ? "'(no valid name)'" : quoted(name);
}

/** For a POSIX shell. Line breaks and other control characters become spaces: a command stays on its line. */
export function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return `'${text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').replaceAll("'", `'\\''`)}'`;
}
