import type { JudgedAlert } from './alert.ts';
import { type Citation, citeLog, citeObject, claim } from './citation.ts';
import type { ContainerLog } from './evidence.ts';
import type { Finding } from './failure-mode.ts';
import { clockTime, type Instant, millisecondsPerMinute } from './instant.ts';
import type { LogClue } from './log-clue.ts';
import { errorLines, logsOf } from './loud-replica.ts';
import { ownFaults } from './own-fault.ts';
import type { Replica, Replicas } from './replica.ts';
import { type AtLeastOne, claimOfAll, countOf, earliest, findingOf, type Sighting } from './sightings.ts';
import { templateDifference } from './template-difference.ts';
import { newestHash, type RevisionFacts, revisionsOf, type WorkloadRevision } from './workload-revisions.ts';
import { shellCommand } from './shell-word.ts';

export interface PagedRolloutFacts extends RevisionFacts {
  readonly replicas: Replicas;
  readonly 'judged-alert': JudgedAlert | undefined;
  readonly 'log-clues': readonly LogClue[] | undefined;
  readonly 'container-logs': readonly ContainerLog[] | undefined;
}

/** `for` of a rule and the window of its rate: a page comes so long after what it is about. */
const pageMilliseconds = 15 * millisecondsPerMinute;
/** A single error in a log is everyday life. */
const manyErrors = 3;

/**
 * A new revision of exactly what the page is about came just before it, and its replicas stay Ready and answer wrongly:
 * readiness seldom tries what users do. Silent where their logs blame somebody else, who would fail any revision.
 */
export function rolloutBeforePage(facts: PagedRolloutFacts): readonly Finding[] {
  const page = facts['judged-alert'];
  const startedAt = page?.alert.startedAt;
  const isOpen = page?.judgement.verdict === 'real' || page?.judgement.verdict === 'cannot-tell';
  if (page?.target === undefined || !isOpen || startedAt === undefined) return [];
  const own = facts.replicas.ofWorkload(page.target).filter(({ health }) => health !== 'finished' && health !== 'leaving');
  const history = revisionsOf(page.target, facts);
  const current = history.find(({ hash }) => hash === newestHash(history, own));
  const before = history.findLast(({ number }) => number < (current?.number ?? 0));
  const fresh = own.filter((replica) => replica.revision === current?.hash);
  if (current === undefined || before === undefined || own.some((replica) => replica.health !== 'healthy')) return [];
  const rolledOutAt = rolloutTime(current, fresh);
  const isNear = rolledOutAt !== undefined && rolledOutAt <= startedAt && startedAt - rolledOutAt < pageMilliseconds;
  const difference = templateDifference(before.template, current.template).filter((part) => !part.startsWith('annotations'));
  const isOthers = (facts['log-clues'] ?? []).some((clue) => own.includes(clue.replica) && !ownFaults.has(clue.kind));
  const erring = fresh.flatMap((replica) => errorsOf(replica, facts['container-logs'] ?? []) ?? []);
  const [first, ...more] = erring.length > 0 ? erring : fresh.map(sighting);
  if (first === undefined || !isNear || difference.length === 0 || isOthers) return [];
  return [
    pagedFinding([first, ...more], { current, before, difference, rolledOutAt, startedAt, isErring: erring.length * 2 >= fresh.length }),
  ];
}

interface PagedRollout {
  readonly current: WorkloadRevision;
  readonly before: WorkloadRevision;
  readonly difference: readonly string[];
  readonly rolledOutAt: Instant;
  readonly startedAt: Instant;
  /** Most of its replicas log errors. */
  readonly isErring: boolean;
}

function pagedFinding(seen: AtLeastOne<Sighting>, of: PagedRollout): Finding {
  const { current, before, rolledOutAt, startedAt, isErring } = of;
  const { workload } = seen[0].replica;
  const what = of.difference.slice(0, 6).join('; ');
  return findingOf(seen, {
    weight: isErring ? 'strong' : 'suggestive',
    since: rolledOutAt,
    because: [
      claim(
        `Revision ${current.number} was rolled out at ${clockTime(rolledOutAt)}, before the page came at ${clockTime(startedAt)}. It differs from revision ${before.number} by: ${what}.`,
        citeObject(current.object, `revision ${current.number}: ${what}`, rolledOutAt),
        citeObject(before.object, `revision ${before.number}`),
      ),
      claimOfAll(
        isErring
          ? `${countOf(seen)} of it ${seen.length === 1 ? 'is' : 'are'} Ready and log${seen.length === 1 ? 's' : ''} errors.`
          : `${countOf(seen)} of it run and are Ready.`,
        seen,
      ),
    ],
    wouldSettle: [shellCommand`kubectl -n ${workload.namespace} rollout undo ${workload.kind.toLowerCase()} ${workload.name}`],
  });
}

/** An earlier template that is rolled out again keeps the ReplicaSet of its first time; then its pods tell when. */
function rolloutTime({ object }: WorkloadRevision, fresh: readonly Replica[]): Instant | undefined {
  const isReused = object.metadata.annotations['deployment.kubernetes.io/revision-history'] !== undefined;
  return isReused ? earliest(fresh.map(({ pod }) => pod.metadata.creationTimestamp)) : object.metadata.creationTimestamp;
}

function sighting(replica: Replica): Sighting {
  return { replica, citations: [citeObject(replica.pod, `Ready; revision ${replica.revision}`)] };
}

/** Undefined: it logs few errors, or its log was not read. */
function errorsOf(replica: Replica, logs: readonly ContainerLog[]): Sighting | undefined {
  for (const log of logsOf(replica, logs)) {
    const errors = errorLines(log);
    const last = errors.at(-1);
    if (errors.length < manyErrors || last === undefined) continue;
    const citations: readonly [Citation, Citation] = [
      citeLog(log, `${errors.length} errors, the latest: ${last.text.slice(0, 200)}`, last.at),
      citeObject(replica.pod, `Ready; revision ${replica.revision}`),
    ];
    return { replica, citations };
  }
  return undefined;
}
