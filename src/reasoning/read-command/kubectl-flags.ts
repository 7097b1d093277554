/** Flags that take a value as their next word, by their long name. Source: kubectl's own help, 1.28 to 1.34. */
const valued: ReadonlySet<string> = new Set(
  (
    'namespace context kubeconfig cluster user server token username password as as-group as-uid request-timeout cache-dir ' +
    'certificate-authority client-certificate client-key tls-server-name v vmodule profile-output selector field-selector grace-period ' +
    'timeout output to-revision revision replicas current-replicas resource-version container containers limits requests for since ' +
    'since-time tail limit-bytes image target profile pod-selector chunk-size filename kustomize field-manager retries address ' +
    'max-log-requests copy-to set-image env patch type template skip-wait-for-delete-timeout pod-running-timeout custom ' +
    'image-pull-policy raw label-columns sort-by subresource'
  ).split(' '),
);
/** Flags that are there or not. A value comes only after "=". */
const plain: ReadonlySet<string> = new Set(
  (
    'all all-namespaces now force wait ignore-not-found ignore-daemonsets delete-emptydir-data delete-local-data disable-eviction ' +
    'previous timestamps follow overwrite record stdin tty watch watch-only list local quiet prefix all-containers show-labels ' +
    'insecure-skip-tls-verify warnings-as-errors help attach no-headers show-events share-processes replace same-node interactive ' +
    'recursive no-preserve dry-run cascade ignore-errors insecure-skip-tls-verify-backend match-server-version allow-missing-template-keys ' +
    'show-managed-fields show-kind keep-annotations keep-init-containers keep-labels keep-liveness keep-readiness keep-startup sysprofile'
  ).split(' '),
);
const shortNames: { readonly [letter: string]: string } = {
  n: 'namespace',
  l: 'selector',
  o: 'output',
  c: 'container',
  s: 'server',
  v: 'v',
  f: 'filename',
  k: 'kustomize',
  L: 'label-columns',
  A: 'all-namespaces',
  i: 'stdin',
  t: 'tty',
  q: 'quiet',
  w: 'watch',
  h: 'help',
  R: 'recursive',
};
/** Letters that mean something else for logs. */
const logNames: { readonly [letter: string]: string } = { f: 'follow', p: 'previous' };

export interface KubectlWords {
  readonly state: 'sorted';
  readonly verb: string;
  /** What is no flag, after the verb. */
  readonly operands: readonly string[];
  /** The last value of each flag; empty text where it has none. */
  readonly flags: ReadonlyMap<string, string>;
}

/** Sorts words behind "kubectl" into its verb, flags and operands. What stands behind "--" is for somebody else. */
export function sortKubectlWords(words: readonly string[]): KubectlWords | { readonly state: 'unclear'; readonly because: string } {
  const operands: string[] = [];
  const flags = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const taken = takeFlag(word, words[index + 1], operands[0] === 'logs' ? { ...shortNames, ...logNames } : shortNames);
    if (taken === undefined) return { state: 'unclear', because: `the flag ${word} is not known, and so neither is what it does` };
    for (const [name, value] of taken.flags) flags.set(name, value);
    if (taken.hasTakenNext) index += 1;
  }
  const [verb, ...rest] = operands;
  return verb === undefined ? { state: 'unclear', because: 'it says nothing to do' } : { state: 'sorted', verb, operands: rest, flags };
}

interface Taken {
  readonly flags: readonly (readonly [string, string])[];
  readonly hasTakenNext: boolean;
}

function takeFlag(word: string, next: string | undefined, names: typeof shortNames): Taken | undefined {
  if (word.startsWith('--')) {
    const [, name = '', value] = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? [];
    return takeLong(name, value, next);
  }
  const letters = word.slice(1);
  const first = letters.slice(0, 1);
  const name = Object.hasOwn(names, first) ? names[first] : undefined;
  if (name !== undefined && valued.has(name)) {
    const attached = letters.slice(1).replace(/^=/, '');
    return attached === '' ? takeLong(name, undefined, next) : { flags: [[name, attached]], hasTakenNext: false };
  }
  const all = Array.from(letters, (letter) => (Object.hasOwn(names, letter) ? names[letter] : undefined));
  const known = all.filter((each) => each !== undefined);
  if (known.length < all.length || known.some((each) => valued.has(each))) return undefined;
  return { flags: known.map((each) => [each, ''] as const), hasTakenNext: false };
}

function takeLong(name: string, value: string | undefined, next: string | undefined): Taken | undefined {
  if (!valued.has(name) && !plain.has(name)) return undefined;
  if (value !== undefined) return { flags: [[name, value]], hasTakenNext: false };
  if (plain.has(name)) return { flags: [[name, '']], hasTakenNext: false };
  return next === undefined ? undefined : { flags: [[name, next]], hasTakenNext: true };
}
