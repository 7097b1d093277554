import { citeLog, citeObject, type Claim, claim, claimFromAll } from './citation.ts';
import type { ContainerLog } from './evidence.ts';
import type { Finding } from './failure-mode.ts';
import type { Instant } from './instant.ts';
import { millisecondsPerMinute } from './instant.ts';
import type { Replica, Replicas } from './replica.ts';
import { subject } from './subject.ts';

export interface ControlPlaneFacts {
  readonly now: Instant;
  readonly replicas: Replicas;
  readonly 'container-logs': readonly ContainerLog[] | undefined;
}

export interface ControlPlanePart {
  /** The name of its container, the same in static pods of every installer. */
  readonly container: string;
  /** Lines of its own log that say what is wrong with it. */
  readonly complains: RegExp;
  /** So many lines within ten minutes are more than a hiccup. */
  readonly tellingLines: number;
}

const recentMilliseconds = 10 * millisecondsPerMinute;

/** A finding for each pod of the part that fails or complains of itself. */
export function controlPlaneFindings(part: ControlPlanePart, facts: ControlPlaneFacts): readonly Finding[] {
  const pods = facts.replicas.all.filter(
    (replica) =>
      replica.health !== 'finished' &&
      /^(kube|openshift)-/.test(replica.pod.metadata.namespace ?? '') &&
      replica.pod.spec.containers.some((container) => container.name === part.container),
  );
  return pods.flatMap((replica): readonly Finding[] => {
    const isFailing = replica.health === 'failing' && replica.troubles.some((trouble) => trouble.kind !== 'lost');
    const lines = complaints(part, replica, facts);
    const claims: readonly (Claim | undefined)[] = [
      isFailing
        ? claim(
            `${replica.pod.metadata.name} is failing (${replica.troubles[0]?.reason ?? 'not Ready'}).`,
            citeObject(replica.pod, replica.troubles[0]?.reason ?? 'Ready: False', replica.failingSince),
          )
        : undefined,
      lines.length >= part.tellingLines || (isFailing && lines.length > 0)
        ? claimFromAll(`${replica.pod.metadata.name} says so itself, ${lines.length} times: "${lines[0]?.shows ?? ''}".`, lines.slice(0, 3))
        : undefined,
    ];
    const [first, ...more] = claims.filter((each) => each !== undefined);
    if (first === undefined) return [];
    const isAlone = pods.every((other) => other.health !== 'healthy');
    return [
      {
        subject: replica.workload,
        weight: isFailing && isAlone ? 'conclusive' : 'strong',
        because: [first, ...more],
        ...(replica.failingSince === undefined ? {} : { since: replica.failingSince }),
        affects: [subject('Pod', replica.pod.metadata.namespace, replica.pod.metadata.name)],
        blames: replica.pod.spec.nodeName === undefined ? [] : [subject('Node', undefined, replica.pod.spec.nodeName)],
      },
    ];
  });
}

/** Lines without a time may be weeks old; they count only for a pod that fails. */
function complaints(part: ControlPlanePart, { pod, health }: Replica, facts: ControlPlaneFacts): readonly ReturnType<typeof citeLog>[] {
  const logs = (facts['container-logs'] ?? []).filter((log) => log.pod === pod.metadata.name && log.namespace === pod.metadata.namespace);
  return logs.flatMap((log) =>
    log.lines
      .filter(
        (line) =>
          (line.at === undefined ? health === 'failing' : facts.now - line.at < recentMilliseconds) &&
          part.complains.test(line.text.slice(0, 2000)),
      )
      .map((line) => citeLog(log, line.text.slice(0, 200), line.at)),
  );
}
