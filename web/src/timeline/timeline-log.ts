import type { TimelineEntry } from '../../../src/surfaces/http/contract.ts';

/**
 * What is known of a timeline: an unbroken stretch of positions, kept in blocks. A block that gains nothing stays the very
 * same object, so that a page with thousands of entries draws only what is new.
 */
export interface TimelineLog {
  /** First position that is known. */
  readonly from: number;
  /** First position that is not known yet. */
  readonly until: number;
  readonly blocks: readonly TimelineBlock[];
}

export interface TimelineBlock {
  readonly number: number;
  readonly entries: readonly TimelineEntry[];
}

const positionsPerBlock = 20;

export function emptyLog(from: number): TimelineLog {
  return { from, until: from, blocks: [] };
}

/** `reaches`: the positions that these entries tell whole. Absent: each entry tells of its own. */
export function withEntries(
  log: TimelineLog,
  entries: readonly TimelineEntry[],
  reaches?: { readonly from: number; readonly until: number },
): TimelineLog {
  const byBlock = new Map<number, TimelineEntry[]>();
  for (const entry of entries) {
    const number = Math.floor(entry.position / positionsPerBlock);
    byBlock.set(number, [...(byBlock.get(number) ?? []), entry]);
  }
  const known = new Map(log.blocks.map((block) => [block.number, block]));
  for (const [number, added] of byBlock) known.set(number, { number, entries: merged(known.get(number)?.entries ?? [], added) });
  return {
    from: Math.min(log.from, reaches?.from ?? log.from),
    until: entries.reduce((until, { position }) => Math.max(until, position + 1), Math.max(log.until, reaches?.until ?? log.until)),
    blocks: [...known.values()].toSorted((one, other) => one.number - other.number),
  };
}

/** The same entry may be heard twice after a connection was cut; the later word holds. */
function merged(known: readonly TimelineEntry[], added: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const byKey = new Map([...known, ...added].map((entry) => [entryKey(entry), entry]));
  return [...byKey.values()].toSorted((one, other) => one.position - other.position || partOf(one) - partOf(other));
}

/** What has no part is told after its parts: it is the event that they belong to. */
function partOf({ part }: Pick<TimelineEntry, 'part'>): number {
  return part ?? Number.MAX_SAFE_INTEGER;
}

export function entryKey({ position, part }: Pick<TimelineEntry, 'position' | 'part'>): string {
  return part === undefined ? String(position) : `${position}.${part}`;
}
