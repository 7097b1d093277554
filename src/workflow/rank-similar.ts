import type { Incident } from '../domain/incident.ts';
import type { PublishedSubject } from '../domain/investigation.ts';
import { spokenSubject, subjectKey } from '../domain/subject.ts';
import { leadingCause } from './leading-cause.ts';

/** What one incident has that another may have as well. */
export interface Likeness {
  /** Absent: the cause is not known. */
  readonly cause?: { readonly failureMode: string; readonly title: string; readonly subject: PublishedSubject };
  /** The workload that the page was about. Absent: none was found. */
  readonly target?: PublishedSubject;
  /** Of the page. Absent: nobody was paged. */
  readonly alert?: string;
  /** Ids of mitigations that were confirmed. */
  readonly helped: readonly string[];
}

export function likenessOf(incident: Incident): Likeness {
  const cause = leadingCause(incident);
  const target = incident.investigations[0]?.investigation.scope.target;
  const helped = incident.attempts.flatMap(({ plan, judgement }) => (judgement?.is === 'confirmed' ? [plan.id] : []));
  return {
    ...(cause === undefined ? {} : { cause: { failureMode: cause.failureMode, title: cause.title, subject: cause.subject } }),
    ...(target === undefined ? {} : { target }),
    ...(incident.alert === undefined ? {} : { alert: incident.alert.name }),
    helped: [...new Set(helped)],
  };
}

export interface Alike<Item> {
  readonly item: Item;
  /** In a sentence. */
  readonly because: string;
}

/** The same cause says more than the same workload, and both say more than the same alert. */
const causeAndSubject = 4;
const sameCause = 3;
const sameTarget = 2;
const sameAlert = 1;

/** Most alike first; of two that are equally alike the later one. What has nothing in common is left out. */
export function rankSimilar<Item extends { readonly openedAt: number; readonly likeness: Likeness }>(
  of: Likeness,
  others: readonly Item[],
): readonly Alike<Item>[] {
  return others
    .map((item) => ({ item, common: inCommon(of, item.likeness) }))
    .filter(({ common }) => common.length > 0)
    .toSorted((one, other) => weigh(other.common) - weigh(one.common) || other.item.openedAt - one.item.openedAt)
    .map(({ item, common }) => ({ item, because: spoken(common, item.likeness) }));
}

interface Common {
  readonly weight: number;
  readonly says: string;
}

function inCommon(one: Likeness, other: Likeness): readonly Common[] {
  const common: Common[] = [];
  if (one.cause !== undefined && one.cause.failureMode === other.cause?.failureMode) {
    const isSameSubject = subjectKey(one.cause.subject) === subjectKey(other.cause.subject);
    const where = isSameSubject ? ` (${spokenSubject(one.cause.subject)})` : `, there of ${spokenSubject(other.cause.subject)}`;
    common.push({ weight: isSameSubject ? causeAndSubject : sameCause, says: `the same cause: ${one.cause.title}${where}` });
  }
  if (one.target !== undefined && other.target !== undefined && subjectKey(one.target) === subjectKey(other.target))
    common.push({ weight: sameTarget, says: `the same workload: ${spokenSubject(one.target)}` });
  if (one.alert !== undefined && one.alert === other.alert) common.push({ weight: sameAlert, says: `the same alert: ${one.alert}` });
  return common;
}

function weigh(common: readonly Common[]): number {
  return common.reduce((sum, { weight }) => sum + weight, 0);
}

function spoken(common: readonly Common[], { helped }: Likeness): string {
  const says = common.map(({ says: each }) => each).join('; ');
  const help = helped.length === 0 ? '' : ` There ${helped.join(' and ')} helped.`;
  return `${says.charAt(0).toUpperCase()}${says.slice(1)}.${help}`;
}
