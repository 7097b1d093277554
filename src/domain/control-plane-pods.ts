import { citeLog, citeObject, type Claim, claim, claimFromAll } from './citation.ts';
import type { ContainerLog } from './evidence.ts';
import type { Finding } from './failure-mode.ts';
import type { Instant } from './instant.ts';
import { millisecondsPerMinute } from './instant.ts';
import type { Pod } from './kubernetes/pod.ts';
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
  /** A state that is told once when it begins and lasts, however long ago that was, until another line ends it. Absent: none. */
  readonly standing?: { readonly begins: RegExp; readonly ends: RegExp };
  /** Containers of other parts that cannot do without it, on whichever node. Absent: none. */
  readonly upholds?: readonly string[];
}

/** Under this Service every client in the cluster calls the API server. */
export const apiServerService = subject('Service', 'default', 'kubernetes');

const recentMilliseconds = 10 * millisecondsPerMinute;

/** Installers give the parts of a control plane their containers' names and a namespace of their own. */
export function isControlPlanePod({ metadata, spec }: Pod, container: string): boolean {
  return /^(kube|openshift)-/.test(metadata.namespace ?? '') && spec.containers.some((each) => each.name === container);
}

/** A finding for each pod of the part that fails or complains of itself. */
export function controlPlaneFindings(part: ControlPlanePart, facts: ControlPlaneFacts): readonly Finding[] {
  const pods = facts.replicas.all.filter((replica) => replica.health !== 'finished' && isControlPlanePod(replica.pod, part.container));
  return pods.flatMap((replica): readonly Finding[] => {
    const isFailing = replica.health === 'failing' && replica.troubles.some((trouble) => trouble.kind !== 'lost');
    const lines = complaints(part, replica, facts);
    const stands = standing(part, replica, facts);
    const claims: readonly (Claim | undefined)[] = [
      isFailing
        ? claim(
            `${replica.pod.metadata.name} is failing (${replica.troubles[0]?.reason ?? 'not Ready'}).`,
            citeObject(replica.pod, replica.troubles[0]?.reason ?? 'Ready: False', replica.failingSince),
          )
        : undefined,
      claimFromAll(
        `${replica.pod.metadata.name} says so itself, and nothing says that it is over: "${stands[0]?.shows ?? ''}".`,
        stands.slice(0, 1),
      ),
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
        affects: [
          subject('Pod', replica.pod.metadata.namespace, replica.pod.metadata.name),
          ...facts.replicas.all
            .filter(({ pod }) => (part.upholds ?? []).some((container) => isControlPlanePod(pod, container)))
            .map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name)),
          apiServerService,
        ],
        blames: replica.pod.spec.nodeName === undefined ? [] : [subject('Node', undefined, replica.pod.spec.nodeName)],
      },
    ];
  });
}

/** The last line that begins a lasting state, where none after it ends that. */
function standing(part: ControlPlanePart, { pod }: Replica, facts: ControlPlaneFacts): readonly ReturnType<typeof citeLog>[] {
  const { standing: lasting } = part;
  if (lasting === undefined) return [];
  return logsOf(pod, facts)
    .filter((log) => !log.isPrevious)
    .flatMap((log) => {
      const began = log.lines.findLastIndex((line) => lasting.begins.test(line.text.slice(0, 2000)));
      const line = log.lines[began];
      const isOver = log.lines.slice(began + 1).some((each) => lasting.ends.test(each.text.slice(0, 2000)));
      return line === undefined || isOver ? [] : [citeLog(log, line.text.slice(0, 200), line.at)];
    });
}

function logsOf({ metadata }: Pod, facts: ControlPlaneFacts): readonly ContainerLog[] {
  return (facts['container-logs'] ?? []).filter((log) => log.pod === metadata.name && log.namespace === metadata.namespace);
}

/** Lines without a time may be weeks old; they count only for a pod that fails. */
function complaints(part: ControlPlanePart, { pod, health }: Replica, facts: ControlPlaneFacts): readonly ReturnType<typeof citeLog>[] {
  return logsOf(pod, facts).flatMap((log) =>
    log.lines
      .filter(
        (line) =>
          (line.at === undefined ? health === 'failing' : facts.now - line.at < recentMilliseconds) &&
          part.complains.test(line.text.slice(0, 2000)),
      )
      .map((line) => citeLog(log, line.text.slice(0, 200), line.at)),
  );
}
