import { parseInstant } from '../../domain/instant.ts';
import type { Investigation } from '../../domain/investigation.ts';
import { spokenInstant, spokenSubject } from '../spoken.ts';
import type { Cites } from './evidence-table.ts';
import { prose, table } from './markdown-safe.ts';

interface Moment {
  readonly at: string;
  readonly what: string;
  readonly standing: string;
}

/** Changes, the onset and the investigation, in order of time. Changes without any part in it are only counted. */
export function writeTimeline(investigation: Investigation, cites: Cites): readonly string[] {
  const { onset, startedAt, changes, alert } = investigation;
  const taking = changes.filter((change) => change.standing !== 'unrelated');
  const moments: Moment[] = taking.map((change) => ({
    at: change.at,
    what: `${prose(change.summary)} (${prose(spokenSubject(change.subject))})${cites.marks(change.because)}`,
    standing: change.standing,
  }));
  if (onset !== undefined)
    moments.push({
      at: onset.at,
      what: `**It begins.** ${onset.because.map((claim) => prose(claim.says) + cites.marks([claim])).join(' ')}`,
      standing: '',
    });
  moments.push({
    at: startedAt,
    what: alert.name === undefined ? 'Investigated' : `Investigated for the alert ${prose(alert.name)}`,
    standing: '',
  });
  const ordered = moments.toSorted((one, other) => (parseInstant(one.at) ?? 0) - (parseInstant(other.at) ?? 0));
  const unrelated = changes.length - taking.length;
  return [
    ...table(
      ['When', 'What', 'Standing'],
      ordered.map((moment) => [prose(spokenInstant(moment.at)), moment.what, moment.standing]),
    ),
    ...(unrelated === 0 ? [] : ['', `${unrelated} more change${unrelated === 1 ? ' has' : 's have'} nothing to do with it.`]),
  ];
}
