/** Deeper than any payload of ours or of the senders; what is deeper is made to exhaust a stack. */
const deepest = 64;

export type BodyReading = { readonly state: 'read'; readonly value: unknown } | { readonly state: 'refused'; readonly happened: string };

/** JSON from outside. Empty: no body was sent. Never throws. */
export function readJsonBody(text: string): BodyReading {
  if (text.trim() === '') return { state: 'read', value: undefined };
  if (isTooDeep(text)) return { state: 'refused', happened: `the JSON is nested deeper than ${deepest} levels` };
  try {
    return { state: 'read', value: JSON.parse(text) };
  } catch {
    // The message would quote the body.
    return { state: 'refused', happened: 'the body is no valid JSON' };
  }
}

/** Looks at the text before anything is built of it. Brackets inside of strings do not count. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === doubleQuote) at = endOfString(text, at);
    else if (character === openBracket || character === openBrace) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (character === closeBracket || character === closeBrace) depth -= 1;
  }
  return false;
}

const [doubleQuote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Where the string that begins here ends; the end of the text where it does not. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === backslash) at += 1;
    else if (character === doubleQuote) return at;
  }
  return text.length;
}
