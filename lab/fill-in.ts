/** Puts values in the place of their names: "@ADDRESS@". `place`: for the message, where a name has no value. */
export function fillIn(text: string, values: Readonly<Record<string, string>>, place: string): string {
  return text.replaceAll(/@([A-Z_]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template ${place} names @${name}@, and there is no such value.`);
    return value;
  });
}
