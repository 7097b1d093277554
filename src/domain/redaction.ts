import { endsLikeSecret, holdsNothing, isKeyNamedSo, isPasswordName, mayNameKey, isProse, isSecretName, redacted } from './secret-names.ts';
import { maskIssuedTokens, maskPlacedSecrets } from './secret-shapes.ts';
import { maskSpokenSecrets } from './spoken-secrets.ts';

export { isSecretName, redacted } from './secret-names.ts';

/**
 * What every text passes before it is kept, shown or written: secrets in it are masked, all else stays readable, because
 * "password authentication failed" is the very clue that is looked for. The cost grows with the length of the text only.
 */
export function redactText(text: string): string {
  if (!mayHoldSecret.test(text)) return text;
  return text.includes('\n') ? redactLines(text.split('\n')).join('\n') : redactLine(text);
}

/** Masks the value of an environment variable or annotation: wholly where its name says so, else only secrets inside it. */
export function redactEnvironmentValue(name: string, value: string): string {
  if (isKeyNamedSo(name, value)) return redacted;
  if (!isSecretName(name)) return redactText(value);
  return holdsNothing(value, name) || isPathOf(name, value) ? value : redacted;
}

/** Masks secrets in the arguments of a command: also one that follows the flag which names it. */
export function redactArguments(items: readonly string[]): readonly string[] {
  return items.map((item, position) => {
    const before = items[position - 1] ?? '';
    const flag = /^--?[A-Za-z][^=]*$/.test(before) && !item.startsWith('-') ? before.replace(/^-+/, '') : '';
    const isValue = isSecretName(flag) || isKeyNamedSo(flag, item);
    const isLogin = before === '-p' && loginProgram.test(items[0] ?? '');
    return (isValue || isLogin) && !holdsNothing(item, isLogin ? 'password' : flag) && !item.startsWith('/') ? redacted : redactText(item);
  });
}

const loginProgram = /(?:^|\/)(?:mysql\w*|mariadb[\w-]*|mongo\w*|sshpass|docker)$/;

/** Masks secrets in lines that belong together, line by line: one that spans several lines is masked on each of them. */
export function redactLines(lines: readonly string[]): readonly string[] {
  const safe: string[] = [];
  let isInsideKey = false;
  /** The column of a YAML key whose secret follows on deeper lines; below 0: there is none. */
  let blockColumn = -1;
  for (const line of lines) {
    const column = line.search(/\S/);
    if (blockColumn >= 0 && column >= 0 && column <= blockColumn) blockColumn = -1;
    const begins = keyBegins.test(line);
    const ends = keyEnds.test(line);
    if (begins && ends && !isInsideKey) safe.push(redactKeyLine(line));
    else if (isInsideKey || begins) safe.push(redacted);
    else if (ends) {
      maskKeyBefore(safe);
      safe.push(redacted);
    } else if (blockColumn >= 0 && column >= 0) safe.push(`${' '.repeat(column)}${redacted}`);
    else safe.push(redactLine(line));
    isInsideKey = (isInsideKey || begins) && !ends;
    const block = blockKey.exec(line);
    if (block !== null && isSecretName(block[2] ?? '')) blockColumn = (block[1] ?? '').length;
  }
  return safe;
}

const keyBegins = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY( BLOCK)?-----/;
const keyEnds = /-----END [A-Z ]{0,40}PRIVATE KEY( BLOCK)?-----/;
const keyBody = /^\s{0,200}[A-Za-z0-9+/=]{16,}\s*$/;
/** "  password: |" */
const blockKey = /^(\s{0,200}(?:- )?)["']?([\w.-]{1,100})["']?:\s{1,20}[|>][-+\d]{0,3}\s*$/;

/** A whole key on one line; with a mark left over, nobody can tell what belongs to it. */
function redactKeyLine(line: string): string {
  const safe = redactLine(line);
  return keyBegins.test(safe) || keyEnds.test(safe) ? redacted : safe;
}

/** The beginning of the key was cut off: its last lines are recognised by their form. */
function maskKeyBefore(safe: string[]): void {
  for (let position = safe.length - 1; position >= 0 && keyBody.test(safe[position] ?? ''); position -= 1) safe[position] = redacted;
}

const mayHoldSecret =
  /pass|pwd|secret|token|key|auth|cookie|credential|kennwort|pw[=:"' ]|identified|bearer|basic|salt|signature|sig=|dsn|session|connection.?string|docker|:\/\/|@tcp|thin:|eyJ|gh[pousr]_|github_pat|gl[a-z]{2,5}-|xox|xapp|sk-|[srp]k_|whsec|AIza|ya29|A[KS]IA|npm_|pypi|do[opr]_v1|hf_|SG\.|hv[sbr]\.|shp|ATATT|dapi|glsa|lin_api|stanch_|\$2[aby]|LS0tLS1|\d:AA|-[pauwP] ?\S|--user/i;

function redactLine(line: string): string {
  if (!mayHoldSecret.test(line)) return line;
  return maskNamedValues(maskSpokenSecrets(maskPlacedSecrets(maskIssuedTokens(line))));
}

const nameHint =
  /pass|pw|kennwort|secret|token|credential|cookie|key|auth|salt|signature|sig|dsn|session|connection.?string|docker|webhook/gi;
const nameCharacter = /[A-Za-z0-9_.-]/;
/** Names are short. What is longer is data, and looking further would cost more than its length. */
const longestName = 100;

/** Masks values that stand behind a name: name=value, "name": "value", name: value, --name value. */
function maskNamedValues(line: string): string {
  let safe = '';
  let done = 0;
  nameHint.lastIndex = 0;
  for (let hint = nameHint.exec(line); hint !== null; hint = nameHint.exec(line)) {
    let start = hint.index;
    while (start > done && hint.index - start < longestName && nameCharacter.test(line.charAt(start - 1))) start -= 1;
    let end = hint.index + hint[0].length;
    while (end < line.length && end - hint.index < longestName && nameCharacter.test(line.charAt(end))) end += 1;
    nameHint.lastIndex = end;
    const value = valueBehind(line, start, end);
    if (value === undefined || value.end <= value.start) continue;
    safe += line.slice(done, value.start) + redacted;
    done = value.end;
    nameHint.lastIndex = done;
  }
  return done === 0 ? line : safe + line.slice(done);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What can stand between a name and its value, and nothing else. The last one is "=" inside of an address. */
const assignments: ReadonlySet<string> = new Set(['=', ':=', '=>', '%3D', '%3d']);

/** Where the secret stands that the name at `start` to `end` announces. Undefined: it announces none. */
function valueBehind(line: string, start: number, end: number): Span | undefined {
  const flagLength = line.slice(start, end).match(/^-{1,2}(?=[A-Za-z])/)?.[0].length ?? 0;
  const name = line
    .slice(start + flagLength, end)
    .replace(/^[.-]+(?=\w)/, '')
    .replace(/[.-]+$/, '');
  const isSecret = isSecretName(name);
  if (!isSecret && !mayNameKey(name)) return undefined;
  const mark = /^(\\*["'])?(\s{0,20}(?:=>|:=|[:=]|%3[Dd])\s{0,20}|\s{1,20})(\\*["'`]|\[)?/.exec(line.slice(end, end + 60));
  const [whole = '', closingQuote = '', between = ' ', opening = ''] = mark ?? [];
  if (mark === null) return undefined;
  const from = end + whole.length;
  const separator = between.trim();
  const isFlag = flagLength === 2 || (flagLength === 1 && name.length > 1);
  if (separator === '' && (!isFlag || closingQuote !== '' || line.charAt(from) === '-')) return undefined;
  if (!isSecret) return keySpan({ line, from, opening, name });
  const isStrict = closingQuote !== '' || isFlag || assignments.has(separator) || isHeaderName(name);
  if (!isStrict && !endsLikeSecret(name)) return undefined;
  if (opening === '[') return isHeaderName(name) ? { start: from, end: endOf(line, from, ']') } : undefined;
  if (opening !== '') return quotedSpan({ line, from, opening, name });
  if (separator === ':' && isHeaderName(name)) return restOfHeader(line, from);
  const span = plainSpan(line, from);
  const isLong = span.end - span.start > longestHarmless;
  if (isLong || !isHarmlessValue(name, line.slice(span.start, span.end)))
    return isStrict || isLong ? span : colonSpan({ line, name, nameStart: start, span, hasSpace: /\s$/.test(between) });
  return undefined;
}

/** Paths, references and placeholders are short. Only these are looked at again after they were found, which keeps the cost linear. */
const longestHarmless = 512;

function isHarmlessValue(name: string, value: string): boolean {
  return (
    holdsNothing(value, name) || value.startsWith(redacted) || value.startsWith('{') || isPathOf(name, value) || isReference(name, value)
  );
}

/** Behind a colon anything may follow: the secret of a YAML key, or prose about it. */
function colonSpan(of: {
  readonly line: string;
  readonly name: string;
  readonly nameStart: number;
  readonly span: Span;
  readonly hasSpace: boolean;
}): Span | undefined {
  const { line, name, nameStart, span, hasSpace } = of;
  const value = line.slice(span.start, span.end);
  if (/^\d+$/.test(value) && isPasswordName(name)) return isAmount(of) ? undefined : span;
  const isVersionOrPort = /^v?\d+(?:\.\d+)*(?:[-+][\w.]*)?$|^latest$|^sha256$/.test(value);
  if (!hasSpace) return isVersionOrPort || isProse(value) ? undefined : span;
  if (isProse(value) || /^\d{1,5}\W/.test(value)) return undefined;
  const isKey = /^\s*(?:[-{[,]\s*)*["']?$/.test(line.slice(0, nameStart).slice(-200));
  const isWord = /^[A-Za-z'’-]+[.,!?]?$/.test(value);
  const goesOn = /^[ ,]\s*[a-z‹]/i.test(line.slice(span.end, span.end + 8));
  return isWord && goesOn && !isKey ? undefined : span;
}

/** "password: 12 attempts left", "shop/reset-password:1024": a number behind the word that is no password. */
function isAmount(of: {
  readonly line: string;
  readonly name: string;
  readonly nameStart: number;
  readonly span: Span;
  readonly hasSpace: boolean;
}): boolean {
  const { line, name, nameStart, span, hasSpace } = of;
  if (!hasSpace) return name.includes('-') || line.charAt(nameStart - 1) === '/';
  return unit.test(line.slice(span.end, span.end + 20));
}

const unit =
  /^\s?(?:ms|s|m|h|seconds?|minutes?|hours?|days?|weeks?|months?|years?|characters?|chars|bytes?|bits?|attempts?|tries|times|failed|failures?|more|retries|users?|entries|errors?|requests?)\b/i;

/** Of a name that may be that of a key the value has to look like one; it is short. */
function keySpan(of: { readonly line: string; readonly from: number; readonly opening: string; readonly name: string }): Span | undefined {
  const { line, from, opening, name } = of;
  const near = line.slice(0, from + longestHarmless + 1);
  const span = opening === '' ? plainSpan(near, from) : { start: from, end: closingQuoteOf(near, from, opening) };
  return isKeyNamedSo(name, line.slice(span.start, span.end)) ? span : undefined;
}

function quotedSpan(of: {
  readonly line: string;
  readonly from: number;
  readonly opening: string;
  readonly name: string;
}): Span | undefined {
  const { line, from, opening, name } = of;
  const end = closingQuoteOf(line, from, opening);
  const isHarmless = end - from <= longestHarmless && isHarmlessValue(name, line.slice(from, end));
  return isHarmless ? undefined : { start: from, end };
}

function closingQuoteOf(line: string, from: number, opening: string): number {
  const quote = opening.slice(-1);
  const escapes = opening.length - 1;
  for (let at = from; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\\' && escapes === 0) at += 1;
    else if (character === quote && (escapes === 0 || line.slice(at - escapes, at) === '\\'.repeat(escapes))) return at - escapes;
  }
  return line.length;
}

function endOf(line: string, from: number, mark: string): number {
  const at = line.indexOf(mark, from);
  return at < 0 ? line.length : at;
}

/** What something else fills in: $(NAME), ${NAME}, {{ template }}, <your password>. */
const placeholders = /^(?:\$\([\w.-]{1,100}\)|\$\{[\w.:-]{1,100}\}|\{\{[^{}]{0,100}\}\}|<[\w -]{1,60}>)/;

/** To the next space or mark that ends a value. A comma belongs to it unless another setting or nothing follows. */
function plainSpan(line: string, from: number): Span {
  const placeholder = placeholders.exec(line.slice(from, from + 120));
  if (placeholder !== null) return { start: from, end: from + placeholder[0].length };
  let end = from;
  while (end < line.length && !/[\s;&"'`)\]}<>]/.test(line.charAt(end))) {
    if (line.charAt(end) === ',' && /^,(?:\s|$|["']?[A-Za-z_][\w.-]{0,60}["']?[=:])/.test(line.slice(end, end + 66))) break;
    end += 1;
  }
  return { start: from, end };
}

const headerNames = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{1,60}|private-token)$/i;

function isHeaderName(name: string): boolean {
  return headerNames.test(name);
}

/** All of a header's value is secret, except the word that tells its kind. */
function restOfHeader(line: string, from: number): Span | undefined {
  const quote = /["']/.exec(line.slice(from));
  const end = quote === null ? line.length : from + quote.index;
  const kind = /^(?:bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)\s{1,4}/i.exec(line.slice(from, end))?.[0].length ?? 0;
  const value = line.slice(from + kind, end).trimEnd();
  return value === '' || value.startsWith(redacted) || holdsNothing(value) || isProse(value.split(' ', 1)[0] ?? '')
    ? undefined
    : { start: from + kind, end: from + kind + value.length };
}

/** PWD and its like hold the working directory; settings for secrets often hold the file to read them from. */
function isPathOf(name: string, value: string): boolean {
  return /^(?:old)?pwd$/i.test(name)
    ? value.startsWith('/')
    : /^(?:file:\/\/)?\/(?:etc|var|run|tmp|mnt|home|root|opt|usr|proc|sys|secrets|vault|data)\//.test(value);
}

/** Controllers log which Secret they mean: secret="shop/db". */
function isReference(name: string, value: string): boolean {
  return /^secrets?$/i.test(name) && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[a-z0-9][a-z0-9.-]*$/.test(value);
}
