import { citeList, citeObject, type Claim, claim } from './citation.ts';
import type { Collection } from './collection.ts';
import { formatInstant, type Instant, millisecondsPerDay } from './instant.ts';
import type { Service } from './kubernetes/network.ts';
import type { ControllerRevision, DaemonSet } from './kubernetes/workload.ts';

/** Long enough for "last week's" onboarding, short enough to be news. */
const growthMilliseconds = 14 * millisecondsPerDay;
/** Fewer than this share of new Services does not move kube-proxy's memory noticeably. */
const noticeableShare = 0.05;
const noticeableCount = 5;

export interface GrowthFacts {
  readonly now: Instant;
  readonly services: Collection<Service> | undefined;
  readonly daemonsets: Collection<DaemonSet> | undefined;
  readonly controllerrevisions: Collection<ControllerRevision> | undefined;
}

/** Services that came lately while kube-proxy's memory limit stayed: more Services are more rules are more memory. */
export function serviceGrowth(facts: GrowthFacts, memoryLimit: string | undefined): readonly Claim[] {
  const all = facts.services?.all ?? [];
  const fresh = all
    .filter((service) => isWithin(service.metadata.creationTimestamp, facts.now))
    .toSorted((left, right) => (left.metadata.creationTimestamp ?? 0) - (right.metadata.creationTimestamp ?? 0));
  const [first] = fresh;
  const last = fresh.at(-1);
  if (
    first === undefined ||
    last === undefined ||
    fresh.length < Math.max(noticeableCount, all.length * noticeableShare) ||
    fresh.length === all.length
  )
    return [];
  const from = day(first.metadata.creationTimestamp);
  const until = day(last.metadata.creationTimestamp);
  const says = `${fresh.length} of the ${all.length} Services are new since ${from}${until === from ? '' : `, the latest of ${until}`}: more Services are more rules, and more rules are more memory for kube-proxy.`;
  const grown = claim(
    says,
    citeList('services', undefined, `${fresh.length} of ${all.length} created from ${from} to ${until}`),
    citeObject(first, `created ${from}`, first.metadata.creationTimestamp),
  );
  const unchanged = limitUnchanged(facts, memoryLimit, first.metadata.creationTimestamp ?? facts.now);
  return unchanged === undefined ? [grown] : [grown, unchanged];
}

function isWithin(at: Instant | undefined, now: Instant): boolean {
  return at !== undefined && at <= now && now - at < growthMilliseconds;
}

function day(at: Instant | undefined): string {
  return at === undefined ? '?' : formatInstant(at).slice(0, 10);
}

/** The DaemonSet's template is as old as its latest ControllerRevision; without those, as old as the last write to spec.template. */
function limitUnchanged(facts: GrowthFacts, memoryLimit: string | undefined, since: Instant): Claim | undefined {
  const daemonSet = facts.daemonsets?.all.find((each) =>
    each.spec.template.spec.containers.some((container) => container.name === 'kube-proxy'),
  );
  if (daemonSet === undefined || memoryLimit === undefined) return undefined;
  const revisions = (facts.controllerrevisions?.ownedBy(daemonSet.metadata.uid) ?? []).flatMap(
    (revision) => revision.metadata.creationTimestamp ?? [],
  );
  const writes = daemonSet.metadata.managedFields.flatMap((field) =>
    field.at !== undefined && field.paths.some((path) => path.startsWith('spec.template')) ? [field.at] : [],
  );
  const times =
    revisions.length > 0
      ? revisions
      : writes.length > 0
        ? writes
        : daemonSet.metadata.generation === 1
          ? [daemonSet.metadata.creationTimestamp ?? since]
          : [];
  const changedAt = times.length === 0 ? undefined : Math.max(...times);
  if (changedAt === undefined || changedAt >= since) return undefined;
  return claim(
    `The memory limit of kube-proxy is still ${memoryLimit}, as set on ${day(changedAt)}, before these Services came.`,
    citeObject(daemonSet, `limits.memory ${memoryLimit}, template of ${day(changedAt)}`, changedAt),
  );
}
