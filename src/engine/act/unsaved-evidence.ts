import type { ClusterChange } from '../../domain/cluster-change.ts';
import type { ContainerLog, Reading } from '../../domain/evidence.ts';
import type { GuardRail } from '../../domain/guard-rail.ts';
import type { UnsavedEvidence } from '../../domain/incident-event.ts';
import type { Replica } from '../../domain/replica.ts';
import { subject, subjectKey } from '../../domain/subject.ts';
import type { LogRequest } from '../../ports/evidence-source.ts';
import type { Assessment } from '../../reasoning/assess.ts';
import { guardedSituation, warningsAbout } from '../../reasoning/guard-deeds.ts';

/** A pod that a change ends, and the logs that go with it. */
export interface Doomed {
  readonly by: ClusterChange;
  readonly replica: Replica;
  readonly logs: readonly LogRequest[];
}

interface Tried {
  /** Undefined: no log was asked for. */
  readonly reading: Reading<'container-logs'> | undefined;
  readonly assessment: Assessment;
  readonly guardRails: readonly GuardRail[];
}

/** Pods of which no log could be read although there may be one, and whether the guard rails mind. */
export function unsavedEvidence(doomed: readonly Doomed[], tried: Tried): readonly UnsavedEvidence[] {
  const saved = doomed.filter((each) => isSaved(each, tried));
  const lost = doomed.filter((each) => each.logs.length > 0 && !saved.includes(each) && mayBeThere(tried));
  return lost.map((each) => {
    const { metadata } = each.replica.pod;
    const pod = subject('Pod', metadata.namespace, metadata.name);
    return { pod, because: whyLost(each, tried), isOnlyTrace: isOnlyTrace(each, saved, tried) };
  });
}

function isSaved({ logs }: Doomed, { reading }: Tried): boolean {
  return reading?.state === 'read' && logs.some((wish) => reading.value.some((log) => isOf(log, wish)));
}

/** A pod that is gone already has nothing left to lose. */
function mayBeThere({ reading }: Tried): boolean {
  if (reading?.state === 'read') return reading.gaps.some(({ because }) => because !== 'unsupported');
  return reading !== undefined && reading.because !== 'unsupported';
}

function isOf(log: ContainerLog, wish: LogRequest): boolean {
  return (['namespace', 'pod', 'container', 'isPrevious'] as const).every((field) => log[field] === wish[field]);
}

function whyLost({ replica: { pod } }: Doomed, { reading }: Tried): string {
  if (reading?.state !== 'read') return reading?.detail ?? '';
  const own = reading.gaps.filter(({ what }) => what.endsWith(` of pod ${pod.metadata.namespace}/${pod.metadata.name}`));
  return (own[0] ?? reading.gaps[0])?.detail ?? '';
}

/** A guard rail that warns only because nothing is saved says that it is. */
function isOnlyTrace({ by, replica }: Doomed, saved: readonly Doomed[], { assessment, guardRails }: Tried): boolean {
  // Nobody can read what is on a node that does not answer; and the cluster itself gives its pods up after some minutes.
  if (replica.troubles.some(({ kind }) => kind === 'lost')) return false;
  const likes = saved.filter((other) => subjectKey(other.replica.workload) === subjectKey(replica.workload));
  if (likes.some((other) => other.replica.health === 'failing')) return false;
  const situation = guardedSituation(assessment, { hypotheses: [], plans: [] });
  const warnings = (isEvidenceSaved: boolean): number => warningsAbout(guardRails, { deed: by, isEvidenceSaved }, situation).length;
  return warnings(false) > warnings(true);
}
