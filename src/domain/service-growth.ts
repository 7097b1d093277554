import { citeList, citeObject, type Claim, claim } from './citation.ts';
import type { Collection } from './collection.ts';
import { formatInstant, type Instant, millisecondsPerDay, millisecondsPerMinute, spokenInstant } from './instant.ts';
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
  const recent = all.filter((service) => isWithin(service.metadata.creationTimestamp, facts.now));
  const isYoung = recent.length === all.length;
  const fresh = isYoung ? latestAdditions(all) : recent.toSorted(byAge);
  const [first] = fresh;
  const last = fresh.at(-1);
  if (first === undefined || last === undefined || fresh.length < Math.max(noticeableCount, all.length * noticeableShare)) return [];
  const spoken = (at: Instant | undefined): string => (isYoung && at !== undefined ? spokenInstant(at, facts.now) : day(at));
  const from = spoken(first.metadata.creationTimestamp);
  const until = spoken(last.metadata.creationTimestamp);
  const says = `${fresh.length} of the ${all.length} Services are new since ${from}${until === from ? '' : `, the latest of ${until}`}: more Services are more rules, and more rules are more memory for kube-proxy.`;
  const grown = claim(
    says,
    citeList('services', undefined, `${fresh.length} of ${all.length} created from ${from} to ${until}`),
    citeObject(first, `created ${from}`, first.metadata.creationTimestamp),
  );
  const unchanged = limitUnchanged(facts, memoryLimit, first.metadata.creationTimestamp ?? facts.now);
  return unchanged === undefined ? [grown] : [grown, unchanged];
}

/** So long nobody adds a Service: what comes after it is another piece of work. */
const pauseMilliseconds = millisecondsPerMinute;

/** Services in the order in which they came, cut where nobody added one for a while. */
export function burstsOf(services: readonly Service[]): readonly (readonly Service[])[] {
  const bursts: Service[][] = [];
  for (const service of services.toSorted(byAge)) {
    const last = bursts.at(-1)?.at(-1);
    const isSameWork = last !== undefined && ageKey(service) - ageKey(last) < pauseMilliseconds;
    if (isSameWork) bursts.at(-1)?.push(service);
    else bursts.push([service]);
  }
  return bursts;
}

/** In a cluster that is younger than any onboarding, growth is what came onto more than there was before. */
function latestAdditions(all: readonly Service[]): readonly Service[] {
  let added: readonly Service[] = [];
  for (const burst of burstsOf(all).toReversed()) {
    if (added.length + burst.length > all.length / 2) break;
    added = [...burst, ...added];
  }
  return added;
}

function byAge(left: Service, right: Service): number {
  return ageKey(left) - ageKey(right);
}

function ageKey({ metadata }: Service): number {
  return metadata.creationTimestamp ?? 0;
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
