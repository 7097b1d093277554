import { type AcceptedPage, seriesOf } from './accepted-page.ts';
import { groupBy } from './collection.ts';
import type { AlertFiring } from './evidence.ts';
import type { Instant } from './instant.ts';

/** When each alert fired and ended, as pages told it. They may be repeated, late, or lost; `pages` may be in any order. */
export function firingsOfPages(pages: readonly AcceptedPage[]): readonly AlertFiring[] {
  const telling = pages.filter(({ acknowledgedBy }) => acknowledgedBy === undefined).toSorted(byReception);
  return [...groupBy(telling, seriesOf).values()].flatMap(firingsOfSeries);
}

/** What the page adds to those that came before it, all of them of its own series. */
export function newsOf(page: AcceptedPage, earlier: readonly AcceptedPage[]): 'news' | 'repeated' | 'outdated' {
  const runs = runsOf(earlier.filter(({ acknowledgedBy }) => acknowledgedBy === undefined).toSorted(byReception));
  const run = runOf(runs, page);
  if (run === undefined) return 'news';
  if (page.alert.state === 'resolved') return run.endedAt === undefined ? 'news' : 'repeated';
  return run.endedAt === undefined ? 'repeated' : 'outdated';
}

/** Two in the same millisecond keep an order, which is the same in every process: what began earlier first, and no end before its beginning. */
export function byReception(one: AcceptedPage, other: AcceptedPage): number {
  if (one.id === other.id) return 0;
  const isOver = ({ alert }: AcceptedPage): number => Number(alert.state === 'resolved');
  return (
    one.receivedAt - other.receivedAt ||
    (one.alert.startedAt ?? 0) - (other.alert.startedAt ?? 0) ||
    isOver(one) - isOver(other) ||
    (one.id < other.id ? -1 : 1)
  );
}

interface RunOfPages {
  /** As its pages tell it. Absent: they do not. */
  readonly toldStart: Instant | undefined;
  readonly startedAt: Instant;
  endedAt: Instant | undefined;
}

function firingsOfSeries(pages: readonly AcceptedPage[]): readonly AlertFiring[] {
  const [first] = pages;
  if (first === undefined) return [];
  const { alertname: _name, ...labels } = first.alert.labels;
  return runsOf(pages).map(({ startedAt, endedAt }) => ({ alert: first.alert.name, labels, startedAt, endedAt }));
}

function runsOf(pages: readonly AcceptedPage[]): readonly RunOfPages[] {
  const runs: RunOfPages[] = [];
  for (const page of pages) {
    const { alert, receivedAt } = page;
    const run = runOf(runs, page);
    // Senders tell since when it fires, and not until when: the end is when it was heard of.
    const endedAt = alert.state === 'resolved' ? receivedAt : undefined;
    // A sender whose clock is ahead does not make it begin later than it was told.
    const startedAt = Math.min(alert.startedAt ?? receivedAt, receivedAt);
    if (run === undefined) runs.push({ toldStart: alert.startedAt, startedAt, endedAt });
    else run.endedAt ??= endedAt;
  }
  return runs;
}

/** The firing that the page speaks of. Undefined: one that was not heard of yet. */
function runOf(runs: readonly RunOfPages[], { alert }: AcceptedPage): RunOfPages | undefined {
  const open = runs.findLast(({ endedAt }) => endedAt === undefined);
  if (alert.startedAt === undefined) return open;
  const same = runs.find(({ toldStart }) => toldStart === alert.startedAt);
  // An end whose beginning was never told ends what is open.
  return same ?? (alert.state === 'resolved' ? open : undefined);
}
