import { nodeCommandId } from '../domain/node-command.ts';

/** What a file of a recording is, told by its path below the recording's root. */
export type RecordingPart =
  | { readonly part: 'manifest' }
  | { readonly part: 'alert' }
  | { readonly part: 'alert-history' }
  | { readonly part: 'metrics'; readonly fileName: string }
  | { readonly part: 'scrape-targets' }
  | { readonly part: 'connectivity-probes' }
  | { readonly part: 'service-calls' }
  | { readonly part: 'node-command'; readonly node: string; readonly command: string; readonly file: string }
  /** Times and exit statuses of the node's commands. */
  | { readonly part: 'node-command-details'; readonly node: string };

const data = '(?:json|ya?ml)';
const patterns: readonly (readonly [RegExp, (groups: readonly string[]) => RecordingPart])[] = [
  [new RegExp(`^recording\\.${data}$`), () => ({ part: 'manifest' })],
  [/^(?:alerts\/)?alert\.(?:json|ya?ml|txt|md)$/, () => ({ part: 'alert' })],
  [new RegExp(`^(?:alerts/history|alerts?-history)\\.${data}$`), () => ({ part: 'alert-history' })],
  [new RegExp(`^metrics/(?:.*/)?([^/]+)\\.${data}$`), ([fileName = '']) => ({ part: 'metrics', fileName })],
  [new RegExp(`^(metrics)\\.${data}$`), ([fileName = '']) => ({ part: 'metrics', fileName })],
  [new RegExp(`^(?:metrics/)?(?:scrape-)?targets\\.${data}$`), () => ({ part: 'scrape-targets' })],
  [new RegExp(`^(?:connectivity-)?probes(?:/[^/]+)?\\.${data}$`), () => ({ part: 'connectivity-probes' })],
  [new RegExp(`^service-calls(?:/[^/]+)?\\.${data}$`), () => ({ part: 'service-calls' })],
  [/^nodes\/([^/]+)\/commands\.json$/, ([node = '']) => ({ part: 'node-command-details', node })],
  [
    /^nodes\/([^/]+)\/([^/]+)\.(?:txt|log|out)$/,
    ([node = '', command = '']) => ({ part: 'node-command', node, command: nodeCommandId(command), file: command }),
  ],
];

/** Undefined: an object file, a log, or nothing of ours. */
export function recordingPartOf(path: string): RecordingPart | undefined {
  for (const [pattern, make] of patterns) {
    const match = pattern.exec(path);
    if (match !== null) return make(match.slice(1));
  }
  return undefined;
}

/** Which container's log a file is, told by its path alone. */
export interface LogName {
  readonly namespace: string;
  readonly pod: string;
  /** Absent: the file is named after the pod only. */
  readonly container: string | undefined;
  readonly isPrevious: boolean;
}

const previousMark = /[.-]previous(?:\.insecure)?$/;

function named(namespace: string, pod: string, container: string | undefined): LogName {
  if (container === undefined)
    return { namespace, pod: pod.replace(previousMark, ''), container: undefined, isPrevious: previousMark.test(pod) };
  return { namespace, pod, container: container.replace(previousMark, ''), isPrevious: previousMark.test(container) };
}

const logPatterns: readonly (readonly [RegExp, (groups: readonly string[]) => LogName])[] = [
  // OpenShift must-gather.
  [
    /(?:^|\/)namespaces\/([^/]+)\/pods\/([^/]+)\/([^/]+)\/\3\/logs\/(current|previous)(?:\.insecure)?\.log$/,
    ([namespace = '', pod = '', container, which]) => ({ namespace, pod, container, isPrevious: which === 'previous' }),
  ],
  // troubleshoot.sh.
  [
    /(?:^|\/)cluster-resources\/pods\/logs\/([^/]+)\/([^/]+)\/([^/]+)\.(?:log|txt)$/,
    ([namespace = '', pod = '', container]) => named(namespace, pod, container),
  ],
  // Sonobuoy.
  [
    /(?:^|\/)podlogs\/([^/]+)\/([^/]+)\/logs\/([^/]+)\.(?:log|txt)$/,
    ([namespace = '', pod = '', container]) => named(namespace, pod, container),
  ],
  // The symbolic links in /var/log/containers of a node, copied.
  [
    /(?:^|\/)([a-z0-9.-]+)_([a-z0-9-]+)_([a-z0-9-]+)-[0-9a-f]{64}\.log$/,
    ([pod = '', namespace = '', container]) => named(namespace, pod, container),
  ],
  // Our own.
  [
    /^logs\/([^/]+)\/([^/]+)\/previous\/([^/]+)\.(?:log|txt)$/,
    ([namespace = '', pod = '', container]) => ({ namespace, pod, container, isPrevious: true }),
  ],
  [/^logs\/([^/]+)\/([^/]+)\/([^/]+)\.(?:log|txt)$/, ([namespace = '', pod = '', container]) => named(namespace, pod, container)],
  [/^logs\/([^/]+)\/([^/]+)\.(?:log|txt)$/, ([namespace = '', pod = '']) => named(namespace, pod, undefined)],
];

export function logNameOf(path: string): LogName | undefined {
  for (const [pattern, make] of logPatterns) {
    const match = pattern.exec(path);
    if (match !== null) return make(match.slice(1));
  }
  return undefined;
}

/** A name as one step of a path: names of Kubernetes pass unchanged, all else loses what a file system or reader could misread. */
export function pathStep(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^\.+/, '');
  return safe === '' ? 'unnamed' : safe.slice(0, 120);
}
