/** What stands where a secret stood. */
export const redacted = '‹redacted›';

/** Words that name a secret wherever they stand in a name. */
const secretWord =
  /pass(?:word|wort|wd|phrase|code)|kennwort|requirepass|masterauth|(?:^|[-_.])pass(?=$|[-_.\d])|pwd|secret|token(?!iz)|credential|cookie|bearer|(?:api|access|private|signing|encryption|master|account|client|license|licence|host|ssh|deploy)[-_.]?key(?!s?tore)|session[-_.]?id|connection[-_.]?string|dockercfg|dockerconfigjson|htpasswd|webhook[-_.]?url/i;
/** "dbPass": in one word with another only where a capital begins it, or every passenger would be a secret. */
const camelPass = /[a-z]Pass(?=$|[A-Z])/;
/** Words that do so only at the end of a name: "REDIS_AUTH", but not "AUTH_MODE". */
const secretEnd = /(?:^|[-_.])(?:auth|authorization|dsn|salt|signature|sig|tls\.key|pass|pw)$|authorization$|privatekey$/i;
/** Names that only talk about a secret: where it is, how long it lives, which one it is. */
const harmlessEnd =
  /[-_.]?(?:names?|refs?|files?|filename|paths?|dirs?|directory|types?|kind|ids?|ttl|expir\w*|lifetime|duration|timeout|interval|length|len|count|counts|limit|size|min|max|mounts?|mount[-_.]?path|namespaces?|class|providers?|policy|policies|url|uri|hosts?|hostname|ports?|addr|address|endpoint|server|services?|domain|region|users?|username|issuer|audience|alg|algorithm|header|prefix|suffix|enabled|disabled|required|optional|mode|version|managers?|controllers?|operators?|stores?|drivers?|clients?|proxy|agents?|workers?|reviewer|reviews?|webhooks?|caches?|refresh(?![-_.]?token)\w*|rotations?|generator|validators?|validation|handler|exists|found|status|state|errors?|reason|resolver|metric\w*|total|rate|seconds|bucket|secure|samesite|httponly|projection|request|requests)$/i;
const harmlessWhole =
  /^(?:(?:max|min|total|prompt|completion|input|output|num|n|used)[-_.]?tokens?|tokens|automount\w*|serviceaccounttoken|imagepullsecrets?)$/i;

/** "checksum/secret": what tells that a Secret changed, without telling it. */
const fingerprint = /(?:^|[/._-])(?:checksum|config-?hash|digest|sha256)[/._-]/i;

/** Field names come again and again, millions of times in a large cluster; this many are remembered. */
const mostRemembered = 10_000;
const remembered = new Map<string, boolean>();

/** True where a variable, key or field of this name usually holds a secret. */
export function isSecretName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const answer = judgeName(name);
  if (remembered.size < mostRemembered && name.length < longestRemembered) remembered.set(name, answer);
  return answer;
}

const longestRemembered = 100;

function judgeName(name: string): boolean {
  if (!secretWord.test(name) && !secretEnd.test(name) && !camelPass.test(name)) return false;
  if (secretWholly.test(name)) return true;
  return !harmlessWhole.test(name) && !harmlessEnd.test(name) && !fingerprint.test(name);
}

/** These end in a word that makes others harmless. */
const secretWholly = /webhook[-_.]?url$|session[-_.]?id$|htpasswd$|^passwords?$/i;

/** Name and secret are one word in prose as well ("token: expired"); only where a name ends in the secret's word is a colon a sign of one. */
const proseName =
  /(?:pass(?:word|wort|wd|phrase|code)?|kennwort|pwd|pw|secret|token|credentials?|cookie|bearer|key|auth|authorization|dsn|salt|signature|session[-_.]?id|connection[-_.]?string|dockercfg|dockerconfigjson|webhook[-_.]?url)(?:s|[-_.]?(?:\d{1,3}|hash|base|value|data|string|b64|base64|plain|text|old|new|current|previous))?$/i;

export function endsLikeSecret(name: string): boolean {
  return proseName.test(name);
}

/** Values that hold nothing: switches, small numbers, placeholders that something else fills in. */
const emptyValue =
  /^(?:true|false|yes|no|on|off|null|nil|none|unset|undefined|disabled|enabled|required|\d{1,5}|<[^<>]*>|\$\([\w.-]+\)|\$\{[\w.:-]+\}|\$\w+|\{\{.*\}\}|\[?redacted\]?|\*{3,}(?:hidden)?\*{0,3}|x{3,})$/i;

const longestPlaceholder = 200;

/** `name`: what announces the value. A number behind the name of a password is one; fewer than three digits are a switch. */
export function holdsNothing(value: string, name = ''): boolean {
  if (value === '') return true;
  if (value.length >= longestPlaceholder || !emptyValue.test(value)) return false;
  return !(/^\d{3,}$/.test(value) && isPasswordName(name));
}

const passwordName = /(?:pass(?:word|wort|wd|phrase|code)|kennwort|pwd|(?:^|[-_.])(?:pass|pw))$|[a-z]Pass$/i;

export function isPasswordName(name: string): boolean {
  return passwordName.test(name);
}

/** "STRIPE_KEY", "stripeKey": a secret or the name of an entry, which the value has to tell. */
const keyName = /[A-Za-z\d][-_.]key$|[a-z\d]Key$/i;
const keyOfEntry =
  /(?:cache|partition|sort|primary|foreign|routing|object|idempotency|public|label|annotation|topology|index|row|hash|group|dedup(?:lication)?|lock|shard|map|lookup|unique|delivery|job|queue|storage|file|s3|etcd)[-_.]?key$/i;
const longestKey = 512;

export function mayNameKey(name: string): boolean {
  return keyName.test(name) && !keyOfEntry.test(name);
}

/** True where a name that may be that of a key is followed by what a machine made: sixteen letters and digits in one piece, or a UUID. */
export function isKeyNamedSo(name: string, value: string): boolean {
  if (value.length > longestKey || !mayNameKey(name)) return false;
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)) return true;
  return /^[\w+/=.~:-]+$/.test(value) && (value.match(/[A-Za-z\d+]{16,}/g) ?? []).some((run) => /\d/.test(run) && /[A-Za-z]/.test(run));
}

/** Begin what programs say about a secret instead of the secret itself: "token: expired", "password: not set". */
const proseWords: ReadonlySet<string> = new Set(
  (
    "a an the no not is are was has have had can cannot can't could couldn't must may should will would does did for from in on of at to by with and or but if it its this that " +
    'expired expires expiring invalid malformed missing empty required denied wrong incorrect mismatch unknown unauthorized unauthenticated forbidden rejected revoked refused failed failure error errors ' +
    'timeout timed connection context deadline dial lookup read write open get put post delete request response unexpected unsupported unable unavailable unset undefined null nil none eof rpc http https tcp ' +
    'x509 tls illegal bad already exists exist found must secret token password key user username credential credentials authentication authorization auth permission access internal server client cluster ' +
    'while when after before during because due using use used valid verified verification check checking checked loaded loading loads generated created deleted updated refreshed refreshing rotated ' +
    'starting started stopping stopped running ready waiting listening accepted ok success successful successfully disabled enabled default redacted hidden true false yes'
  ).split(' '),
);

export function isProse(word: string): boolean {
  return proseWords.has(word.toLowerCase().replace(/[.,;:!?)'"]+$/, ''));
}
