import type { AlertVerdict } from '../../domain/alert.ts';

/** Everything that the verdict rests on, each in a word. */
export interface AlertSignals {
  /** What the page itself said when it was sent. */
  readonly page: 'firing' | 'resolved';
  /** See `gravityOf`. */
  readonly gravity: 'grave' | 'mild';
  readonly second: SecondState;
  readonly metric: MetricState;
  readonly history: HistoryState;
  readonly scrape: ScrapeState;
}

/**
 * A signal that does not come from the alert's own measurement.
 * failing: the alert's target fails. failing-elsewhere: something fails, but the alert does not name it. healthy: the whole target
 * is healthy. nobody: no replica belongs to it. unknown: could not be looked at.
 */
export type SecondState = 'failing' | 'failing-elsewhere' | 'healthy' | 'nobody' | 'unknown';
/**
 * breaching: past the threshold at the last fresh sample. recovering: back, but not for long enough. normal: back or below for
 * long enough. contradicts: never past the threshold although the alert began while it was watched. frozen: samples stopped.
 * absent: asked, and there was no series. unknown: not read, or no threshold to hold it against.
 */
export type MetricState = 'breaching' | 'recovering' | 'normal' | 'contradicts' | 'frozen' | 'absent' | 'unknown';
/**
 * first: firing, and never before in the history. again: firing, and it has fired before. flapping: short firings, one after the
 * other. ended: fired, and stopped. silent: the history does not know this alert. unknown: not read.
 */
export type HistoryState = 'first' | 'again' | 'flapping' | 'ended' | 'silent' | 'unknown';
/** up: some target of the measurement answers. down: none does. gone: its job is scraped no longer. unknown: not read, or not known which. */
export type ScrapeState = 'up' | 'down' | 'gone' | 'unknown';

export interface Decision {
  readonly verdict: Exclude<AlertVerdict, 'none'>;
  /** Why, in a sentence that ends without naming values: the claims of the signals carry those. */
  readonly why: string;
  /** The signals that decided. */
  readonly by: readonly (keyof AlertSignals)[];
}

export interface VerdictRow extends Omit<Decision, 'by'> {
  readonly when: { readonly [Signal in keyof AlertSignals]?: readonly AlertSignals[Signal][] };
}

const firingNow = ['first', 'again'] as const;
const noData = ['frozen', 'absent'] as const;
const nothingSeen = ['nobody', 'unknown', 'failing-elsewhere'] as const;

/**
 * What each conflict of signals means. The first row that fits decides; a signal that a row does not name may be anything.
 *
 * The order is the argument: users who are hurt now outrank every measurement; a pattern over hours outranks the level of this
 * minute; a fresh level outranks the alert's own flag; a measurement without data proves nothing, in neither direction; and a
 * grave alert is not closed on its own word, but needs a healthy second signal.
 */
export const verdictRows: readonly VerdictRow[] = [
  { when: { second: ['failing'] }, verdict: 'real', why: 'What the alert is about is failing right now, whatever the measurement says' },
  {
    when: { history: ['flapping'], metric: ['breaching'], gravity: ['grave'], second: nothingSeen },
    verdict: 'real',
    why: 'It has been flapping, but it is past its threshold right now, and nothing else could be seen that would make a grave alert harmless',
  },
  { when: { history: ['flapping'] }, verdict: 'flapping', why: 'It fires and ends again and again: less urgent, but not nothing' },
  {
    when: { metric: ['breaching'], scrape: ['down'], history: ['ended'], second: ['healthy'] },
    verdict: 'stale',
    why: 'It ended together with the scrape of what it measures: its last samples are past the threshold, but nobody measures any longer',
  },
  { when: { metric: ['breaching'] }, verdict: 'real', why: 'Its own measurement is past the threshold in fresh samples' },
  {
    // Rates go on for minutes after the last scrape. A job that is gone proves nothing here: fresh samples come from elsewhere.
    when: { metric: ['recovering', 'normal', 'contradicts'], scrape: ['down'] },
    verdict: 'stale',
    why: 'Nothing scrapes what the alert measures any longer, so even its last level is that of old samples',
  },
  {
    when: { metric: ['recovering'], page: ['firing'] },
    verdict: 'real',
    why: 'Its measurement has only just come back, too short a time ago to call it over',
  },
  { when: { metric: ['recovering'] }, verdict: 'transient', why: 'The page was resolved, and its measurement has come back as well' },
  {
    when: { metric: noData, scrape: ['down', 'gone'] },
    verdict: 'stale',
    why: 'The monitoring itself broke: nothing scrapes what the alert measures',
  },
  {
    when: { metric: noData, scrape: ['up'], history: ['ended'], second: ['healthy'] },
    verdict: 'transient',
    why: 'It ended, what it measures is scraped but has no samples any more, and its target is healthy',
  },
  {
    when: { metric: ['frozen'] },
    verdict: 'stale',
    why: 'Its measurement stopped: the alert tells of something that the monitoring no longer sees',
  },
  {
    when: { metric: ['absent'], history: firingNow },
    verdict: 'real',
    why: 'The monitoring still evaluates it as firing, although its series could not be seen here',
  },
  {
    when: { metric: ['absent'] },
    verdict: 'cannot-tell',
    why: 'Its measurement has no series, which can mean no errors as well as no data',
  },
  {
    when: { metric: ['contradicts'], history: ['ended'], second: ['healthy'] },
    verdict: 'transient',
    why: 'It ended, and both its measurement and its target look well',
  },
  {
    when: { metric: ['contradicts'], page: ['resolved'], second: ['healthy'] },
    verdict: 'transient',
    why: 'The page was resolved, and its target is healthy',
  },
  {
    when: { metric: ['contradicts'] },
    verdict: 'cannot-tell',
    why: 'The measurement that could be read never passed the threshold although the alert fired: the rule must be reading something else',
  },
  {
    when: { metric: ['normal'], second: ['healthy'] },
    verdict: 'transient',
    why: 'Its measurement is back to normal, and its target is healthy',
  },
  { when: { metric: ['normal'], gravity: ['mild'] }, verdict: 'transient', why: 'Its measurement is back to normal' },
  {
    when: { metric: ['normal'] },
    verdict: 'cannot-tell',
    why: 'Its measurement is back to normal, but no second signal could confirm that the trouble is over',
  },
  { when: { history: firingNow }, verdict: 'real', why: 'The monitoring evaluates it as firing right now' },
  { when: { history: ['ended'], second: ['healthy'] }, verdict: 'transient', why: 'It ended, and its target is healthy' },
  { when: { history: ['ended'], gravity: ['mild'] }, verdict: 'transient', why: 'It ended' },
  { when: { history: ['ended'] }, verdict: 'cannot-tell', why: 'It ended, but no second signal could confirm that the trouble is over' },
  {
    when: { scrape: ['down'], page: ['firing'] },
    verdict: 'stale',
    why: 'Nothing scrapes what the alert measures, so it rests on old data',
  },
  { when: { page: ['resolved'], second: ['healthy'] }, verdict: 'transient', why: 'The page was resolved, and its target is healthy' },
  { when: { page: ['resolved'], gravity: ['mild'] }, verdict: 'transient', why: 'The page was resolved' },
  {
    when: { page: ['firing'], second: ['failing-elsewhere'] },
    verdict: 'real',
    why: 'Replicas are failing while it fires, although it does not name them',
  },
  { when: {}, verdict: 'cannot-tell', why: 'Nothing but the page itself speaks for it or against it' },
];

export function decideVerdict(signals: AlertSignals): Decision {
  const row = verdictRows.find((each) => fits(each, signals));
  if (row === undefined) return { verdict: 'cannot-tell', why: 'No rule covers these signals', by: ['page'] };
  const { verdict, why, when } = row;
  const by = Object.keys(when) as readonly (keyof AlertSignals)[];
  return { verdict, why, by: by.length === 0 ? ['page'] : by };
}

function fits(row: VerdictRow, signals: AlertSignals): boolean {
  return (Object.keys(row.when) as readonly (keyof AlertSignals)[]).every((signal) => {
    const allowed: readonly string[] | undefined = row.when[signal];
    return allowed === undefined || allowed.includes(signals[signal]);
  });
}
