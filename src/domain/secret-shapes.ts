import { redacted } from './secret-names.ts';

/** Beginnings that only tokens of well-known issuers have, with the whole form that follows. */
const issued: readonly (readonly [RegExp, RegExp])[] = [
  // JSON Web Token, and its parts in other standards. The header is short, so the first part is bounded.
  [/^eyJ/, /^eyJ[\w-]{8,800}\.[\w-]{8,}(?:\.[\w-]*){0,3}/],
  [/^gh/, /^gh[pousr]_[A-Za-z0-9]{20,}/],
  [/^github_pat_/, /^github_pat_\w{20,}/],
  [/^gl/, /^gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\w-]{16,}/],
  [/^xox/, /^xox[abeoprs]-[A-Za-z0-9-]{10,}/],
  [/^xapp-/, /^xapp-[A-Za-z0-9-]{10,}/],
  [/^sk-/, /^sk-(?=[\w-]{0,200}\d)[\w-]{16,}/],
  [/^[srp]k_/, /^[srp]k_(?:live|test)_[A-Za-z0-9]{10,}/],
  [/^whsec_/, /^whsec_[A-Za-z0-9+/=]{16,}/],
  [/^AIza/, /^AIza[\w-]{30,}/],
  [/^ya29\./, /^ya29\.[\w-]{20,}/],
  [/^A[KS]IA/, /^(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/],
  [/^npm_/, /^npm_[A-Za-z0-9]{30,}/],
  [/^pypi-/, /^pypi-[\w-]{40,}/],
  [/^do[opr]_v1_/, /^do[opr]_v1_[a-f0-9]{32,}/],
  [/^hf_/, /^hf_[A-Za-z0-9]{30,}/],
  [/^SG\./, /^SG\.[\w-]{16,40}\.[\w-]{20,}/],
  [/^hv[sbr]\./, /^hv[sbr]\.[\w-]{20,}/],
  [/^shp(?:at|ca|pa|ss)_/, /^shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32,}/],
  [/^ATATT3/, /^ATATT3[\w=-]{30,}/],
  [/^dapi/, /^dapi[a-f0-9]{32}/],
  [/^glsa_/, /^glsa_[A-Za-z0-9]{20,}_[a-f0-9]{8}/],
  [/^lin_api_/, /^lin_api_[A-Za-z0-9]{30,}/],
  // Our own access tokens and sessions.
  [/^stanch_/, /^stanch_[\w-]{40,}/],
  [/^AGE-SECRET/, /^AGE-SECRET-KEY-1[A-Z0-9]{50,}/],
  [/^\$2[aby]\$/, /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/],
  // Base64 of "-----BEGIN " and then anything but a certificate.
  [/^LS0tLS1CRUdJTi/, /^LS0tLS1CRUdJTi(?!BDRVJU)[A-Za-z0-9+/=]{20,}/],
];
const beginnings =
  /(?<![A-Za-z0-9])(?:eyJ|gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-|xox[abeoprs]-|xapp-|sk-|[srp]k_(?:live|test)_|whsec_|AIza|ya29\.|AKIA|ASIA|npm_|pypi-|do[opr]_v1_|hf_|SG\.|hv[sbr]\.|shp(?:at|ca|pa|ss)_|ATATT3|dapi|glsa_|lin_api_|stanch_|AGE-SECRET-KEY-1|\$2[aby]\$|LS0tLS1CRUdJTi)/g;
/** A beginning that is not followed by a token is looked at this far and no further, so that the cost stays linear. */
const longestToken = 8192;

/** Masks tokens that show by their own form what they are. */
export function maskIssuedTokens(text: string): string {
  let safe = '';
  let done = 0;
  beginnings.lastIndex = 0;
  for (let found = beginnings.exec(text); found !== null; found = beginnings.exec(text)) {
    const length = tokenLength(text, found.index);
    if (length === 0) continue;
    safe += text.slice(done, found.index) + redacted;
    done = found.index + length;
    beginnings.lastIndex = done;
  }
  return done === 0 ? text : safe + text.slice(done);
}

function tokenLength(text: string, at: number): number {
  // Slices share the text's memory; a failing form stops within a few characters or at its bound.
  const rest = text.slice(at, at + longestToken);
  const shape = issued.find(([beginning]) => beginning.test(rest));
  const length = shape?.[1].exec(rest)?.[0].length ?? 0;
  return length === longestToken ? length + runLength(text, at + length) : length;
}

function runLength(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[\w.+/=-]/.test(text.charAt(at))) at += 1;
  return at - from;
}

/** A text that must occur, the shape around it, and what stays of it. Ordered: the wide shapes first, so that a narrow one never leaves half a secret. Every repetition is bounded. */
const placed: readonly (readonly [string, RegExp, string])[] = [
  ['PRIVATE KEY', /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g, redacted],
  // scheme://user:password@host. A password may hold "@" where nobody escaped it: the last one before the path counts.
  ['://', /(:\/\/[^\s/:@'"<>]{0,128}:)(?!\d{1,5}[/?#])[^\s/?#'"<>]{1,256}@/g, `$1${redacted}@`],
  // The same where the password holds a slash that nobody escaped.
  ['://', /(:\/\/[^\s/:@'"<>]{0,128}:)(?!\d{1,5}[/?#])[^\s@'"<>]{1,256}@/g, `$1${redacted}@`],
  ['://', /(:\/\/)[A-Za-z0-9_-]{20,256}@/g, `$1${redacted}@`],
  ['hooks.slack.com', /(:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{8,256}/g, `$1${redacted}`],
  ['/api/webhooks/', /(\/api\/webhooks\/)[\w/-]{8,256}/g, `$1${redacted}`],
  [':AA', /(?<!\w)((?:bot)?\d{8,10}:)AA[\w-]{32,64}/g, `$1${redacted}`],
  // Data source names of Go's MySQL driver and of Oracle's thin driver.
  ['(', /(?<![\w.-])([\w.-]{1,64}:)[^\s@:/'"]{1,128}(@(?:tcp|unix|udp)\()/g, `$1${redacted}$2`],
  [':thin:', /(:thin:[\w.-]{1,64}\/)[^\s@'"]{1,128}@/g, `$1${redacted}@`],
  // SQL, which servers repeat in their logs, and XML.
  ["'", /\b(identified\s{1,8}(?:with\s{1,8}\S{1,64}\s{1,8})?by\s{1,8}|password\s{1,8})'[^'\n]{1,256}'/gi, `$1'${redacted}'`],
  ['</', /(<([\w:.-]{0,60}(?:password|passwd|secret|token|apikey))>)[^<\n]{1,1024}(<\/\2>)/gi, `$1${redacted}$3`],
  ['login', /\b(login\s{1,8}\S{1,128}\s{1,8}password\s{1,8})[^\s‹]\S{0,255}/g, `$1${redacted}`],
  [
    ' -p',
    /\b((?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mongo|mongosh|mongodump|sshpass|docker login|helm registry login)\b[^\n|;&]{0,200}?\s-p\s?)(?![\s-])[^\s'"]{1,128}/g,
    `$1${redacted}`,
  ],
  ['redis-cli', /\b(redis-cli\b[^\n|;&]{0,200}?\s-a\s{1,4})[^\s'"]{1,128}/g, `$1${redacted}`],
  ['ldap', /\b(ldap(?:search|modify|add|whoami)\b[^\n|;&]{0,200}?\s-w\s{0,4})[^\s'"]{1,128}/g, `$1${redacted}`],
  ['sqlcmd', /\b(sqlcmd\b[^\n|;&]{0,200}?\s-P\s{0,4})[^\s'"]{1,128}/g, `$1${redacted}`],
  ['-u', /((?:^|\s)(?:-u|--user|--proxy-user)[ =]{0,2}['"]?[\w.@+-]{1,64}:)(?!‹)(?!\d{1,6}(?:\s|$))[^\s'"]{1,128}/g, `$1${redacted}`],
  [' -p', /((?:^|\s)(?:-u|--user(?:name)?)[ =]\S{1,64}\s{1,4}-p\s{1,4})(?![-‹])[^\s'"]{1,128}/g, `$1${redacted}`],
];
const scheme = /\b(?:bearer|basic|negotiate|digest|apikey|token)\s{1,4}/gi;
const schemeValue = /[A-Za-z0-9._~+/=-]{8,}/y;

/** Masks secrets that stand where only a secret stands. */
export function maskPlacedSecrets(text: string): string {
  let safe = text;
  for (const [hint, pattern, replacement] of placed) if (safe.includes(hint)) safe = safe.replace(pattern, replacement);
  return maskSchemes(safe);
}

/** "Bearer …", "Basic …": what follows is masked unless it is a word. */
function maskSchemes(text: string): string {
  let safe = '';
  let done = 0;
  scheme.lastIndex = 0;
  while (scheme.exec(text) !== null) {
    schemeValue.lastIndex = scheme.lastIndex;
    const value = schemeValue.exec(text)?.[0];
    if (value === undefined || !looksRandom(value)) continue;
    safe += text.slice(done, scheme.lastIndex) + redacted;
    done = scheme.lastIndex + value.length;
    scheme.lastIndex = done;
  }
  return done === 0 ? text : safe + text.slice(done);
}

/** Prose is letters of one case, at most with a capital in front, and hyphens: "basic authentication". */
function looksRandom(value: string): boolean {
  const isWord = /^[A-Za-z]?[a-z.-]*$|^[A-Z.-]+$/.test(value);
  const isPathOrSetting = /^[a-z_.-]+=/.test(value) || (/^[\w.-]*\//.test(value) && !/\d/.test(value));
  return !isWord && !isPathOrSetting && /\d|[a-z][A-Z]|[A-Z]{2,}[a-z]|=$/.test(value);
}
