/** What is not code, whole: comments, strings, templates with the code in them (braces nested up to five deep), regular expressions. */
const prose = new RegExp(
  [
    String.raw`\/\/[^\n]*`,
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`'(?:\\.|[^'\\\n])*'`,
    String.raw`"(?:\\.|[^"\\\n])*"`,
    template(5),
    // After one of these a slash begins a regular expression; after anything else it divides.
    String.raw`(?<=(?:^|[(,=:[!&|?{};>]|\breturn)\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*`,
  ].join('|'),
  'g',
);

/** The text with everything blanked out that is not code; lines and columns stay where they were. */
export function codeOnly(text: string): string {
  return text.replace(prose, (found) => {
    if (!found.startsWith('`')) return blank(found);
    const parts = new RegExp(String.raw`\\.|\$(\{${inBraces(5)}\})|[\s\S]`, 'g');
    return found.replace(parts, (part, code: string | undefined) =>
      code === undefined ? blank(part) : ` {${codeOnly(code.slice(1, -1))}}`,
    );
  });
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function template(depth: number): string {
  return String.raw`\`(?:\\.|\$\{${inBraces(depth)}\}|[^\`\\])*?\``;
}

/** What may stand between braces: anything but quotes and braces, strings, and more braces. */
function inBraces(depth: number): string {
  const inner = depth === 0 ? '' : String.raw`|\{${inBraces(depth - 1)}\}|\`(?:\\.|\$\{${inBraces(depth - 1)}\}|[^\`\\$]|\$(?!\{))*\``;
  return String.raw`(?:[^{}'"\`]|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"${inner})*`;
}
