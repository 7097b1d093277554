import type { ContainerLog, LogLine } from './evidence.ts';
import type { Replica } from './replica.ts';

/** A single error in a log is everyday life. */
const manyErrors = 10;
/** A program that fails most of what it is asked to do says hardly anything else. */
const loudShare = 0.5;
/** What siblings that serve well may log beside their work. */
const quietShare = 0.1;

const errorLine =
  /"(?:level|severity|lvl)": ?"(?:error|fatal|critical|panic)"|\blevel=(?:error|fatal|panic)\b|^\S{0,40}[ \t]{0,3}[^a-z]{0,40}\b(?:ERROR|FATAL|CRITICAL)\b/i;

/** Lines that their program calls errors. */
export function errorLines({ lines }: ContainerLog): readonly LogLine[] {
  return lines.filter(({ text }) => errorLine.test(text.slice(0, 1000)));
}

/** The current logs of a replica's containers. */
export function logsOf({ pod }: Replica, logs: readonly ContainerLog[]): readonly ContainerLog[] {
  const { namespace, name } = pod.metadata;
  return logs.filter((log) => log.namespace === namespace && log.pod === name && !log.isPrevious);
}

/** A replica that its node calls Ready and whose log is full of errors, while those of its siblings are not. */
export interface LoudReplica {
  readonly replica: Replica;
  readonly container: string;
}

/** Empty: none is, or all are: then the place where one runs is not what makes it err. */
export function loudReplicas(siblings: readonly Replica[], logs: readonly ContainerLog[]): readonly LoudReplica[] {
  const heard = siblings.flatMap((replica) =>
    logsOf(replica, logs).map((log) => ({ replica, container: log.container, errors: errorLines(log).length, lines: log.lines.length })),
  );
  const loud = heard.filter(({ errors, lines }) => errors >= manyErrors && errors >= lines * loudShare);
  const isContrasted = heard.some(
    ({ replica, errors, lines }) => (errors <= lines * quietShare || errors < manyErrors) && loud.every((each) => each.replica !== replica),
  );
  return isContrasted ? loud.map(({ replica, container }) => ({ replica, container })) : [];
}
