/** What stands where a secret stood. */
export const redacted = '‹redacted›';

const secretName =
  /(pass(word|wd|phrase)?|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|signing[-_.]?key|encryption[-_.]?key|credential|auth(orization)?$|cookie|session[-_.]?id|dsn$|connection[-_.]?string|salt$|bearer)/i;
const harmlessName = /(secret|token|key|credential)s?[-_.]?(name|ref|file|path|dir|type|id|ttl|expir\w*|length|count|mount\w*|namespace|class|provider|policy)$|passthrough/i;

/** True where a variable, key or field of this name usually holds a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

/** Masks the value of an environment variable or annotation: wholly where its name says so, else only secrets inside it. */
export function redactEnvironmentValue(name: string, value: string): string {
  if (value === '') return value;
  return isSecretName(name) && !/^(true|false|\d{1,5})$/i.test(value) ? redacted : redactText(value);
}

/** Ordered: the wide shapes first, so that a narrow rule never leaves half of a secret behind. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
  [/\b([a-z][a-z0-9+.-]{1,30}:\/\/)([^\s/:@'"]*):([^\s@'"]+)@/gi, `$1$2:${redacted}@`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?/g, redacted],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${redacted}`],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, redacted],
  [/\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{30,})/g, redacted],
];
const namedValue =
  /(["']?)([A-Za-z0-9_.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|authorization|cookie|credentials?)[A-Za-z0-9_.-]*)\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&'")\]}]+)/gi;
const mayHoldSecret = /pass|pwd|secret|token|key|auth|cookie|credential|bearer|basic|:\/\/|eyJ|AKIA|ASIA|gh[pousr]_|github_pat|glpat|xox|sk-|AIza/i;

/** Masks secrets inside text. Idempotent: redacting twice changes nothing. */
export function redactText(text: string): string {
  if (!mayHoldSecret.test(text)) return text;
  let safe = text;
  for (const [pattern, replacement] of rules) safe = safe.replace(pattern, replacement);
  return safe.replace(namedValue, (whole, quote: string, name: string, between: string, value: string) => {
    if (!isSecretName(name) || value.includes(redacted)) return whole;
    const mark = value.startsWith('"') || value.startsWith("'") ? value.charAt(0) : '';
    return `${quote}${name}${quote}${between}${mark}${redacted}${mark}`;
  });
}

/** Masks secrets in lines that belong together, line by line: a key that spans several lines is masked on each of them. */
export function redactLines(lines: readonly string[]): readonly string[] {
  const safe: string[] = [];
  let isInsideKey = false;
  for (const line of lines) {
    const begins = keyBegins.test(line);
    const ends = keyEnds.test(line);
    if (isInsideKey || begins) safe.push(redacted);
    else if (ends) {
      maskKeyBefore(safe);
      safe.push(redacted);
    } else safe.push(redactText(line));
    isInsideKey = (isInsideKey || begins) && !ends;
  }
  return safe;
}

const keyBegins = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY( BLOCK)?-----/;
const keyEnds = /-----END [A-Z ]{0,40}PRIVATE KEY( BLOCK)?-----/;
const keyBody = /^\s*[A-Za-z0-9+/=]{16,}\s*$/;

/** The beginning of the key was cut off: its last lines are recognised by their form. */
function maskKeyBefore(safe: string[]): void {
  for (let position = safe.length - 1; position >= 0 && keyBody.test(safe[position] ?? ''); position -= 1) safe[position] = redacted;
}
