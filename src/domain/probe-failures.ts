import { type Citation, citeObject } from './citation.ts';
import type { Collection } from './collection.ts';
import { citeEvent, firstSeenAt, standingEvents } from './event-index.ts';
import type { ContainerLog } from './evidence.ts';
import { type Instant, millisecondsPerSecond } from './instant.ts';
import type { Container, Probe } from './kubernetes/pod-template.ts';
import type { Event } from './kubernetes/workload.ts';
import type { LogClue } from './log-clue.ts';
import { containerOf, type Replica } from './replica.ts';

export type ProbeKind = 'liveness' | 'readiness' | 'startup';

/** What the kubelet met when it probed. */
export type ProbeOutcome =
  | 'refused'
  | 'status'
  | 'timed-out'
  | 'wrong-protocol'
  | 'no-command'
  | 'no-such-port'
  | 'command-failed'
  | 'other';

export interface ProbeFailure {
  readonly probe: ProbeKind;
  readonly container: string;
  readonly outcome: ProbeOutcome;
  /** Of an HTTP answer. Absent: there was none. */
  readonly statusCode: number | undefined;
  readonly since: Instant | undefined;
  readonly citation: Citation;
}

/** In order of precedence. Source: kubernetes/pkg/kubelet/prober and pkg/probe. */
const outcomes: readonly (readonly [ProbeOutcome, RegExp])[] = [
  ['status', /failed with statuscode: \d+/],
  [
    'wrong-protocol',
    /malformed HTTP (?:response|status)|HTTP response to HTTPS client|first record does not look like a TLS handshake|tls: |unknown service|Unimplemented|server does not implement/i,
  ],
  [
    'no-command',
    /executable file not found|OCI runtime exec failed.{0,200}(?:no such file|not found|permission denied)|exec: ".{1,100}": |exit(?:ed with)? (?:status |code )12[67]\b/i,
  ],
  ['no-such-port', /couldn't find port|strconv\.Atoi|port .{1,60} not found|invalid port number/i],
  ['refused', /connection refused|connectex|service rpc probe failed|failed to connect service/i],
  ['timed-out', /deadline exceeded|timeout|timed out|Client\.Timeout/i],
  ['command-failed', /^(?:Liveness|Readiness|Startup) probe failed: (?!Get |HTTP |dial )/],
];

/** Failures of probes that the kubelet reported lately. */
export function probeFailures(replica: Replica, events: Collection<Event> | undefined, now: Instant): readonly ProbeFailure[] {
  return standingEvents(events, replica.pod, now).flatMap((event) => {
    const words = event.message ?? '';
    const probe = /^(Liveness|Readiness|Startup) probe (?:failed|errored)/.exec(words)?.[1];
    if (event.reason !== 'Unhealthy' || probe === undefined) return [];
    const statusCode = /statuscode: (\d+)/.exec(words)?.[1];
    return [
      {
        probe: probe.toLowerCase() as ProbeKind,
        container: /\{(.+)\}/.exec(event.involvedObject.fieldPath ?? '')?.[1] ?? replica.pod.spec.containers[0]?.name ?? '',
        outcome: outcomes.find(([, says]) => says.test(words))?.[0] ?? 'other',
        statusCode: statusCode === undefined ? undefined : Number(statusCode),
        since: firstSeenAt(event),
        citation: citeEvent(event),
      },
    ];
  });
}

/** The kubelet's note that it restarts the container because of this probe. */
export function killsByProbe(
  replica: Replica,
  probe: 'liveness' | 'startup',
  facts: { readonly events: Collection<Event> | undefined; readonly now: Instant },
): readonly Citation[] {
  const words = new RegExp(`failed ${probe} probe, will be restarted`);
  return standingEvents(facts.events, replica.pod, facts.now)
    .filter((event) => event.reason === 'Killing' && words.test(event.message ?? ''))
    .map(citeEvent);
}

export interface ProbeTarget {
  /** A number, or the name of a port. Absent: the probe runs a command. */
  readonly port: number | string | undefined;
  readonly path: string | undefined;
}

export function probeTarget(probe: Probe): ProbeTarget {
  return { port: probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port, path: probe.httpGet?.path };
}

/** declared: a port of the container. undeclared: a number that is none of those that it declares. name-missing: no port has the name. unknown: it declares none. */
export function standingOfPort(
  container: Container,
  port: number | string | undefined,
): 'declared' | 'undeclared' | 'name-missing' | 'unknown' {
  if (port === undefined) return 'unknown';
  if (typeof port === 'string' && !/^\d+$/.test(port))
    return container.ports.some((each) => each.name === port) ? 'declared' : 'name-missing';
  if (container.ports.length === 0) return 'unknown';
  return container.ports.some((each) => each.containerPort === Number(port)) ? 'declared' : 'undeclared';
}

/** Defaults of the API for what a probe leaves out. */
export function probeBudgetMilliseconds(probe: Probe): number {
  return ((probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3)) * millisecondsPerSecond;
}

const listens =
  /\b(?:listen(?:ing|s)?|serving|bound|bind(?:ing)?|running on|started (?:server |service )?(?:on|at)|Tomcat (?:started|initialized))\b.{0,80}?(?:port\(?s?\)?[:= ]{1,3}|(?<host>[\w.*[\]-]{0,80}|\[?[\da-f:]{2,40}\]?):)(?<port>\d{2,5})(?!\d|:\d)/i;
/** Development servers print a table of addresses, or say that they are ready at one. */
const servesAt =
  /(?:^\W{0,8}Local: {1,12}|\b(?:[Ss]tarting (?:development )?server at|[Dd]evelopment [Ss]erver \(|launched from|(?:ready|available|up|live) (?:at|on)) ?)https?:\/\/(?<host>[\w.[\]:-]{1,80}?):(?<port>\d{2,5})/;
/** Logs of fields tell the address in one of its own, before or after the word. */
const listensInFields =
  /^(?=.*\b(?:listening|serving|started)\b).*?[{,\s]"?(?:addr|address|listen|bind|port)"?[:=] ?"?(?<host>[\w.*[\]:-]{0,80}?):?(?<port>\d{2,5})"?(?=[,}\s]|$)/i;
/** An address on which a program can listen; a name is that of somebody whom it listens to. */
const ownAddress = /^(?:|\*|localhost|::|::1|\[[\da-f:]{2,40}\]|\d{1,3}(?:\.\d{1,3}){3})$/i;
/** "T10:15:04" looks like a port. */
const clockTime = /\b(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?/g;

export interface SpokenPort {
  readonly port: number;
  readonly line: string;
  /** True: it says that it listens where nobody outside of its pod reaches it. */
  readonly isLoopback: boolean;
}

/** Ports that the program itself says it listens on. */
export function portsInLog(log: ContainerLog | undefined): readonly SpokenPort[] {
  return (log?.lines ?? []).slice(0, 400).flatMap(({ text }) => {
    const words = text.slice(0, 400);
    const timeless = words.replace(clockTime, ' ');
    const isNegative = /already in use|EADDRINUSE|connect(?:ing|ed)? to|failed|refused/i.test(words);
    const said = [listensInFields, listens, servesAt]
      .map((form) => form.exec(timeless)?.groups)
      .find((groups) => groups !== undefined && ownAddress.test(groups['host'] ?? ''));
    const port = Number(said?.['port'] ?? Number.NaN);
    return isNegative || !(port <= 65_535)
      ? []
      : [{ port, line: words.slice(0, 200), isLoopback: /^(?:127\.|\[?::1\]?$)/.test(said?.['host'] ?? '') }];
  });
}

export function logOf(replica: Replica, container: string, logs: readonly ContainerLog[] | undefined): ContainerLog | undefined {
  const { namespace, name } = replica.pod.metadata;
  const own = (logs ?? []).filter((log) => log.namespace === namespace && log.pod === name && log.container === container);
  return own.find((log) => !log.isPrevious) ?? own[0];
}

/** True: the program itself says that somebody else is in its way, which would explain why it does not answer. */
export function isHinderedByOthers(replica: Replica, container: string, clues: readonly LogClue[] | undefined): boolean {
  return (clues ?? []).some((clue) => clue.replica === replica && clue.container === container && hindrances.has(clue.kind));
}

const hindrances: ReadonlySet<string> = new Set([
  'connection-refused',
  'connection-timed-out',
  'connection-reset',
  'no-route',
  'name-not-resolved',
  'authentication-failed',
  'too-many-connections',
  'certificate-invalid',
  'out-of-memory',
  'panic',
  'missing-setting',
  'invalid-setting',
  'missing-file',
  'missing-module',
  'no-space-left',
  'read-only',
  'permission-denied',
  'schema-mismatch',
  'port-in-use',
  'port-not-permitted',
  'cannot-exec',
]);

export function probeOf(replica: Replica, container: string, probe: ProbeKind): Probe | undefined {
  const spec = containerOf(replica.pod, container);
  return probe === 'liveness' ? spec?.livenessProbe : probe === 'readiness' ? spec?.readinessProbe : spec?.startupProbe;
}

/** The probe as the template has it, for citing. */
export function citeProbeSpec(replica: Replica, container: string, probe: ProbeKind): Citation {
  const spec = probeOf(replica, container, probe);
  const ports = containerOf(replica.pod, container)
    ?.ports.map((port) => `${port.name === undefined ? '' : `${port.name}=`}${port.containerPort}`)
    .join(', ');
  const target = spec === undefined ? undefined : probeTarget(spec);
  const what =
    target?.port === undefined
      ? `command ${JSON.stringify(spec?.exec?.command ?? [])}`
      : `port ${target.port}${target.path === undefined ? '' : ` path ${target.path}`}`;
  const timing = `delay ${spec?.initialDelaySeconds ?? 0}s, every ${spec?.periodSeconds ?? 10}s, ${spec?.failureThreshold ?? 3} failures, time-out ${spec?.timeoutSeconds ?? 1}s`;
  return citeObject(
    replica.pod,
    `spec.containers[${container}].${probe}Probe: ${what}; ${timing}; ports declared: ${ports === undefined || ports === '' ? 'none' : ports}`,
  );
}
