import { parseInstant } from '../../domain/instant.ts';
import type { Investigation } from '../../domain/investigation.ts';
import { spokenInstant, spokenSubject } from '../spoken.ts';
import type { Cites } from './evidence-table.ts';
import { prose, table } from './markdown-safe.ts';

export interface Moment {
  readonly at: string;
  /** Safe Markdown. */
  readonly what: string;
  readonly standing: string;
}

/** Changes, the onset and the investigation, in order of time. Changes without any part in it are only counted. */
export function writeTimeline(investigation: Investigation, cites: Cites): readonly string[] {
  const { startedAt, changes, alert } = investigation;
  const moments: readonly Moment[] = [
    ...momentsBefore(investigation, cites),
    {
      at: startedAt,
      what: alert.name === undefined ? 'Investigated' : `Investigated for the alert ${prose(alert.name)}`,
      standing: '',
    },
  ];
  const unrelated = changes.filter((change) => change.standing === 'unrelated').length;
  return [
    ...table(
      ['When', 'What', 'Standing'],
      inOrder(moments).map((moment) => [prose(spokenInstant(moment.at)), moment.what, moment.standing]),
    ),
    ...(unrelated === 0 ? [] : ['', `${unrelated} more change${unrelated === 1 ? ' has' : 's have'} nothing to do with it.`]),
  ];
}

/** What had changed, and when it began. */
export function momentsBefore({ changes, onset }: Investigation, cites: Cites): readonly Moment[] {
  const moments = changes
    .filter((change) => change.standing !== 'unrelated')
    .map((change) => ({
      at: change.at,
      what: `${prose(change.summary)} (${prose(spokenSubject(change.subject))})${cites.marks(change.because)}`,
      standing: change.standing,
    }));
  if (onset === undefined) return moments;
  const because = onset.because.map((claim) => prose(claim.says) + cites.marks([claim])).join(' ');
  return [...moments, { at: onset.at, what: `**It begins.** ${because}`, standing: '' }];
}

export function inOrder<Timed extends { readonly at: string }>(moments: readonly Timed[]): readonly Timed[] {
  return moments.toSorted((one, other) => (parseInstant(one.at) ?? 0) - (parseInstant(other.at) ?? 0));
}
