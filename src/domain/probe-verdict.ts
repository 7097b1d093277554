import type { Citation } from './citation.ts';
import { citeLog } from './citation.ts';
import type { ContainerLog } from './evidence.ts';
import type { Weight } from './failure-mode.ts';
import type { LogClue } from './log-clue.ts';
import {
  citeProbeSpec,
  isHinderedByOthers,
  logOf,
  portsInLog,
  type ProbeFailure,
  type ProbeKind,
  probeOf,
  probeTarget,
  standingOfPort,
} from './probe-failures.ts';
import { containerOf, type Replica, statusOf } from './replica.ts';

/** Why a probe fails although the program may be fine. */
export interface ProbeVerdict {
  readonly fault: 'port' | 'path' | 'protocol' | 'command' | 'login';
  readonly says: string;
  readonly weight: Weight;
  readonly citations: readonly [Citation, ...Citation[]];
}

export interface Judged {
  readonly replica: Replica;
  readonly container: string;
  readonly probe: ProbeKind;
  /** What the kubelet met. Absent: no event was kept. */
  readonly failure: ProbeFailure | undefined;
  readonly logs: readonly ContainerLog[] | undefined;
  readonly clues: readonly LogClue[] | undefined;
}

/** Undefined: the probe asks in the right place, as far as can be seen. */
export function judgeProbe(judged: Judged): ProbeVerdict | undefined {
  const { replica, container, probe: kind, failure } = judged;
  const spec = containerOf(replica.pod, container);
  const probe = probeOf(replica, container, kind);
  if (spec === undefined || probe === undefined) return undefined;
  const { port, path } = probeTarget(probe);
  const cited = citeProbeSpec(replica, container, kind);
  const citations: readonly [Citation, ...Citation[]] = failure === undefined ? [cited] : [failure.citation, cited];
  const standing = standingOfPort(spec, port);
  if (standing === 'name-missing')
    return { fault: 'port', says: `asks for a port named ${port}, which the container does not have`, weight: 'conclusive', citations };
  switch (failure?.outcome) {
    case 'status':
      return byProtocol(judged, citations) ?? byStatus(failure, path, citations);
    case 'wrong-protocol':
      return { fault: 'protocol', says: 'speaks another protocol than the program', weight: 'strong', citations };
    case 'no-command':
      return { fault: 'command', says: 'runs a command that the container does not have', weight: 'strong', citations };
    case 'no-such-port':
      return { fault: 'port', says: `asks for port ${port}, which does not exist`, weight: 'conclusive', citations };
    case 'refused':
    case undefined:
      return byPort(judged, { port, standing, citations });
    default:
      return undefined;
  }
}

/** What servers write, or answer, when they are asked in clear text at a port that expects TLS. */
const clearTextAtTls = /client sent (?:an|plain) HTTP request to (?:an )?HTTPS (?:server|port)|plain HTTP request was sent to HTTPS port/i;

/** The program itself says that somebody speaks another protocol to it, and the kubelet gets an error for what it asks. */
function byProtocol({ replica, container, failure, logs }: Judged, citations: ProbeVerdict['citations']): ProbeVerdict | undefined {
  if (failure?.statusCode !== 400) return undefined;
  const { namespace, name } = replica.pod.metadata;
  const own = (logs ?? []).filter((log) => log.namespace === namespace && log.pod === name && log.container === container);
  const told = own.flatMap((log) =>
    log.lines.filter(({ text }) => clearTextAtTls.test(text)).map((line) => citeLog(log, line.text.slice(0, 200), line.at)),
  );
  const [line] = told;
  return line === undefined
    ? undefined
    : {
        fault: 'protocol',
        says: 'asks in clear text at a port that expects TLS, as the program says itself',
        weight: 'strong',
        citations: [...citations, line],
      };
}

function byStatus({ statusCode }: ProbeFailure, path: string | undefined, citations: ProbeVerdict['citations']): ProbeVerdict | undefined {
  if (statusCode === 404 || statusCode === 405 || statusCode === 410)
    return { fault: 'path', says: `asks for ${path ?? '/'}, which the program answers with ${statusCode}`, weight: 'strong', citations };
  if (statusCode === 401 || statusCode === 403)
    return {
      fault: 'login',
      says: `asks for ${path ?? '/'}, which the program gives to nobody without login (${statusCode})`,
      weight: 'strong',
      citations,
    };
  if (statusCode === 400 || statusCode === 421 || statusCode === 426)
    return {
      fault: 'protocol',
      says: `is answered with ${statusCode}: the program does not accept the request as the probe makes it`,
      // By the meaning of these codes the one who asks is wrong; that a program means itself by one cannot be excluded.
      weight: 'likely',
      citations,
    };
  // 5xx is the program's own word that it is not well: the probe does what it is for.
  return undefined;
}

interface Asked {
  readonly port: number | string | undefined;
  readonly standing: ReturnType<typeof standingOfPort>;
  readonly citations: ProbeVerdict['citations'];
}

const besides = /metric|prometheus|telemetry|pprof|debug|admin|management|actuator|profil/i;

function byPort(judged: Judged, { port, standing, citations }: Asked): ProbeVerdict | undefined {
  const { replica, container, failure } = judged;
  if (port === undefined) return undefined;
  const log = logOf(replica, container, judged.logs);
  const spoken = portsInLog(log);
  // What serves figures or debugging starts first and alone; where it listens says nothing of the port for callers.
  const heard = spoken.every(({ line }) => besides.test(line)) ? undefined : spoken[0];
  const isElsewhere = heard !== undefined && typeof port === 'number' && !spoken.some((each) => each.port === port);
  const more = log !== undefined && heard !== undefined && isElsewhere ? [citeLog(log, heard.line)] : [];
  const elsewhere = isElsewhere ? `; the program says that it listens on ${heard.port}` : '';
  const says = `asks port ${port}, where nothing listens${elsewhere}`;
  if (isElsewhere)
    return { fault: 'port', says, weight: failure === undefined ? 'strong' : 'conclusive', citations: [...citations, ...more] };
  const same = spoken.filter((each) => each.port === port);
  const [loopback] = same;
  // "localhost" is what development servers print for every address that they listen on; a number is meant.
  if (log !== undefined && loopback !== undefined && failure !== undefined && same.every((each) => each.isLoopback))
    return {
      fault: 'port',
      says: `asks port ${port}, where the program listens for its own pod alone`,
      weight: 'strong',
      citations: [...citations, citeLog(log, loopback.line)],
    };
  if (standing === 'undeclared' && !isHinderedByOthers(replica, container, judged.clues)) {
    return {
      fault: 'port',
      says: `asks port ${port}, which is none of the ports that the container declares`,
      weight: failure === undefined ? 'suggestive' : 'strong',
      citations,
    };
  }
  const runsWell =
    failure !== undefined &&
    judged.probe === 'readiness' &&
    judged.clues !== undefined &&
    log !== undefined &&
    log.lines.length > 0 &&
    !isHinderedByOthers(replica, container, judged.clues);
  return runsWell && (statusOf(replica.pod, container)?.restartCount ?? 0) === 0
    ? {
        fault: 'port',
        says: `asks port ${port}, where nothing listens, and the program complains of nothing`,
        weight: 'suggestive',
        citations,
      }
    : undefined;
}
