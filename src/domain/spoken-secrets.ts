import { holdsNothing, isProse, redacted } from './secret-names.ts';

/** What is said of a secret, up to what it is: "the password for app is", "token was". Every repetition is bounded. */
const announced =
  /\b(pass(?:word|wort|wd|phrase|code)|kennwort|pwd|secret|token|(?:api|access|secret)[ _-]?key)(?:\s{1,4}(?:for|of)(?:\s{1,4}[^\s:;]{1,64}){1,3}?)?\s{1,4}(?:(?:is|was)(?:\s{1,4}(?:re)?(?:set|changed) to)?|(?:re)?(?:set|changed) to)(?::|\s{1,4}now|\s{1,4}still)?\s{1,4}/gi;
const quoted = /(["'`])([^"'`]{3,256})\1/y;
const plain = /["'`]?([^\s"'`]{3,256})/y;

/** Masks secrets in prose. Here a wrong mask costs the very clue, so that what could be a word is none, unless it is quoted. */
export function maskSpokenSecrets(text: string): string {
  let safe = '';
  let done = 0;
  announced.lastIndex = 0;
  for (let found = announced.exec(text); found !== null; found = announced.exec(text)) {
    const start = announced.lastIndex;
    quoted.lastIndex = start;
    plain.lastIndex = start;
    const [, , within] = quoted.exec(text) ?? [];
    const [whole = '', word = ''] = plain.exec(text) ?? [];
    const name = found[1] ?? '';
    const said = within ?? (holdsNothing(word, name) ? '' : word.replace(/[.,;:!?)\]}]+$/, ''));
    const from = start + (within === undefined ? whole.length - word.length : 1);
    const end = from + said.length;
    if (!isSaid({ name, said, isQuoted: within !== undefined, after: text.slice(end, end + 20) })) continue;
    safe += text.slice(done, from) + redacted;
    done = end;
    announced.lastIndex = done;
  }
  return done === 0 ? text : safe + text.slice(done);
}

interface Saying {
  readonly name: string;
  readonly said: string;
  readonly isQuoted: boolean;
  readonly after: string;
}

/** What is mixed so names a form or a measure: base64-encoded, utf-8, AES-256, 30s, v2, x509. */
const ofForm =
  /^(?:base-?\d+|utf-?\d+|sha-?\d+|md5|[hre]s\d{3}|x\.?509|oauth\d?|rfc-?\d+|v\d+|argon2\w*|2fa|aes-?\d*|rsa-?\d*|pkcs-?\d*|tls-?v?\d*|k8s|s3)(?![A-Za-z\d])|^\d+(?:\.\d+)?(?:ns|us|ms|s|m|h|d|w|kb|kib|bits?|bytes?|chars?|th|st|nd|rd|x|%|\+)?$/i;
const shortestToken = 12;

function isSaid({ name, said, isQuoted, after }: Saying): boolean {
  if (said.length < 3 || isProse(said) || holdsNothing(said, name) || /^[‹<({[]/.test(said)) return false;
  const isPassword = /^(?:pass|kenn|pwd)/i.test(name);
  // A number is a password where nothing is counted: "password is 12345", but not "password is 90 days old".
  if (/^\d+$/.test(said)) return isPassword && !/^\s+[a-z]/i.test(after);
  if (ofForm.test(said) || said.includes('/')) return false;
  if (isQuoted) return isPassword || said.length >= shortestToken;
  const isMixed = /\d/.test(said) && /[A-Za-z]/.test(said);
  if (!isPassword) return isMixed && said.length >= shortestToken && /^[\w+.~=-]+$/.test(said) && !/[a-z]-[a-z]/i.test(said);
  return isMixed || /[^\w.'’:=,;()-]/.test(said);
}
