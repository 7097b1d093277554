import { citeLog, citeObject } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import type { ContainerLog } from '../../domain/evidence.ts';
import { type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import type { ClueKind, LogClue, Outbreak } from '../../domain/log-clue.ts';
import { type Replica, statusOf } from '../../domain/replica.ts';
import { subjectKey } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import { cluesIn, clueKey, type FoundClue, pathKey } from '../logs/clues-in.ts';

/** A healthy replica that said it longer ago than this may have found its peer since. */
const audibleMilliseconds = 10 * millisecondsPerMinute;
/** A replica that is not failing is listened to only where it repeats itself: single complaints are everyday noise. */
const repeatedTimes = 3;

/**
 * What runs short is refused to some calls of every replica: that healthy ones hear it too does not make it everyday.
 */
const dealtByLot: ReadonlySet<ClueKind> = new Set([
  'too-many-connections',
  'rate-limited',
  'too-many-open-files',
  'no-space-left',
  'read-only',
]);

/** What logs say in words that healthy replicas of the same workload do not say as well. */
export function deriveLogClues(facts: FactSource): readonly LogClue[] {
  const replicas = facts.get('replicas');
  if (replicas === undefined) return [];
  const logs = facts.get('container-logs') ?? [];
  const heard = [...logs, ...lastWords(replicas.failing, logs)].flatMap((log) => {
    const replica = replicas.ofPod(log.namespace, log.pod);
    return replica === undefined ? [] : [{ replica, log, found: cluesIn(log, hasEnded(log, replica)) }];
  });
  return [...groupBy(heard, ({ replica }) => subjectKey(replica.workload)).values()].flatMap((group) => tellingClues(group, facts.now));
}

/** The kubelet keeps the end of the log in the status of a container whose template asks for it; it counts where no log was read. */
function lastWords(failing: readonly Replica[], logs: readonly ContainerLog[]): readonly ContainerLog[] {
  const read = new Set(logs.map((log) => `${log.namespace}/${log.pod}/${log.container}`));
  return failing.flatMap(({ pod }) =>
    [...pod.status.containerStatuses, ...pod.status.initContainerStatuses].flatMap((status) => {
      const end = status.state.terminated ?? status.lastState.terminated;
      const namespace = pod.metadata.namespace ?? '';
      if (end?.message === undefined || end.reason !== 'Error' || read.has(`${namespace}/${pod.metadata.name}/${status.name}`)) return [];
      const lines = end.message.split('\n').map((text) => ({ at: end.finishedAt, text }));
      return [{ namespace, pod: pod.metadata.name, container: status.name, isPrevious: true, lines, isOfStatus: true }];
    }),
  );
}

interface Heard {
  readonly replica: Replica;
  readonly log: ContainerLog;
  readonly found: readonly FoundClue[];
}

/** True: the log is of an incarnation that ended, so its last lines are its last words. */
function hasEnded(log: ContainerLog, replica: Replica): boolean {
  return log.isPrevious || statusOf(replica.pod, log.container)?.state.running === undefined;
}

function tellingClues(group: readonly Heard[], now: Instant): readonly LogClue[] {
  const everyday = new Set(
    group
      .filter(({ replica }) => replica.health === 'healthy')
      .flatMap(({ log, found }) =>
        found.filter((clue) => !log.isPrevious && isAudible(clue, now)).flatMap((clue) => [clueKey(log, clue), pathKey(log, clue)]),
      ),
  );
  const everybodys = saidByAll(group, now);
  const isAnyFailing = group.some(({ replica }) => replica.health === 'failing');
  return group.flatMap(({ replica, log, found }) => {
    const isSuspect = replica.health === 'failing' || replica.health === 'starting' || log.isPrevious;
    const telling = isSuspect
      ? found.filter(
          (clue) =>
            dealtByLot.has(clue.kind) ||
            (!everyday.has(clueKey(log, clue)) && !(clue.host === undefined && everyday.has(pathKey(log, clue)))),
        )
      : found.filter((clue) => !isAnyFailing && clue.count >= repeatedTimes && isAudible(clue, now));
    return telling.map((clue) =>
      clueOf(clue, { log, replica, outbreak: everybodys.has(clueKey(log, clue)) ? outbreakOf(clue, log, replica) : undefined }),
    );
  });
}

/** Complaints that the current log of every replica in the group repeats until now. */
function saidByAll(group: readonly Heard[], now: Instant): ReadonlySet<string> {
  const heard = group.filter(({ log }) => !log.isPrevious);
  const saying = groupBy(
    heard.flatMap(({ replica, log, found }) =>
      found.filter((clue) => clue.count >= repeatedTimes && isAudible(clue, now)).map((clue) => ({ replica, key: clueKey(log, clue) })),
    ),
    ({ key }) => key,
  );
  const all = new Set(heard.map(({ replica }) => replica)).size;
  return new Set([...saying].flatMap(([key, those]) => (new Set(those.map(({ replica }) => replica)).size === all ? [key] : [])));
}

/** What a program complains of while it starts says nothing about how it does later. */
const warmUpMilliseconds = 10 * millisecondsPerMinute;

function outbreakOf({ firstAt, firstIndex, shareSince }: FoundClue, log: ContainerLog, replica: Replica): Outbreak | undefined {
  const startedAt = statusOf(replica.pod, log.container)?.state.running?.startedAt;
  const hasWorked = firstIndex > 0 && startedAt !== undefined && firstAt !== undefined && firstAt - startedAt >= warmUpMilliseconds;
  return hasWorked ? { at: firstAt, share: shareSince } : undefined;
}

function isAudible(clue: FoundClue, now: Instant): boolean {
  return clue.at === undefined ? clue.isLate : now - clue.at < audibleMilliseconds;
}

function clueOf(
  found: FoundClue,
  { log, replica, outbreak }: { readonly log: ContainerLog; readonly replica: Replica; readonly outbreak: Outbreak | undefined },
): LogClue {
  return {
    kind: found.kind,
    replica,
    container: log.container,
    isPrevious: log.isPrevious,
    host: found.host,
    port: found.port,
    name: found.name,
    line: found.line,
    at: found.at,
    isNearEnd: found.isNearEnd,
    count: found.count,
    outbreak,
    citation:
      'isOfStatus' in log
        ? citeObject(replica.pod, `lastState.terminated.message of ${log.container}: ${found.line}`, found.at)
        : citeLog(log, found.line, found.at),
  };
}
