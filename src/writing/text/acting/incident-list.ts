import { formatInstant, type Instant } from '../../../domain/instant.ts';
import { type Layout, padTo, paragraph } from '../../layout.ts';
import { spokenInstant } from '../../spoken.ts';
import { oneLine } from '../../terminal-safe.ts';

export interface ListedIncident {
  readonly id: string;
  readonly openedAt: Instant;
  readonly cluster: string;
  /** Absent: nobody was paged. */
  readonly alert?: string;
  readonly isClosed: boolean;
  /** In the words of the server's API: "needs-human". */
  readonly state: string;
}

/** One a line: where it is, its id, where and what about. */
export function writeIncidentList(incidents: readonly ListedIncident[], layout: Layout): readonly string[] {
  if (incidents.length === 0) return paragraph({ text: 'No incident is kept here.', mark: '' }, layout);
  const { palette } = layout;
  const width = Math.max(...incidents.map(({ id }) => id.length));
  const stateWidth = Math.max(...incidents.map(({ state }) => state.length)) + 2;
  return incidents.map(({ id, openedAt, cluster, alert, isClosed, state: is }) => {
    const paint = isClosed ? palette.faint : palette.strong;
    const state = paint(padTo(is, stateWidth));
    const rest = [spokenInstant(formatInstant(openedAt)), cluster, ...(alert === undefined ? [] : [alert])].map(oneLine);
    return `${state}${padTo(oneLine(id), width)}  ${rest.join(' · ')}`;
  });
}
