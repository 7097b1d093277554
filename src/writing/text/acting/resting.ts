import { type Attempt, type Incident, standingChanges } from '../../../domain/incident.ts';
import { asSentence } from '../../acting-words.ts';
import { type Layout, paragraph } from '../../layout.ts';
import { oneCommand } from '../../terminal-safe.ts';

export interface Rested {
  readonly id: string;
  readonly resting:
    | 'closed'
    | 'mitigated'
    | 'nothing-to-do'
    | 'needs-human'
    | 'gate-closed'
    | 'aborted'
    | 'undone'
    | 'joined'
    | 'unsettled'
    | 'waiting'
    | 'stopped';
  readonly because: string;
  readonly incident: Incident;
}

const headlines: { readonly [Resting in Rested['resting']]: string } = {
  closed: 'Closed.',
  mitigated: 'Users are served again.',
  'nothing-to-do': 'Nothing to do.',
  'needs-human': 'This needs a human.',
  'gate-closed': 'Not put back yet.',
  aborted: 'Stopped; nothing more is done by itself.',
  undone: 'Put back.',
  joined: 'Worked on elsewhere.',
  unsettled: 'Not over yet.',
  waiting: 'It waits for an approval.',
  stopped: 'Stopped on the way; what was done is recorded.',
};

/** The end of a rehearsal: there is no incident to take up. */
export function tellDryRun({ resting, because }: Pick<Rested, 'resting' | 'because'>, layout: Layout): readonly string[] {
  const isPlanReady = resting === 'waiting';
  return [
    '',
    ...paragraph(
      {
        text: 'A dry run: nothing was changed, and nothing is kept.',
        mark: '',
        paint: isPlanReady ? layout.palette.good : layout.palette.doubtful,
      },
      layout,
    ),
    ...(isPlanReady || because === '' ? [] : paragraph({ text: asSentence([because]), mark: '' }, layout)),
  ];
}

/** The last thing on the screen: how it stands, what is in force, and what can be typed next. */
export function tellResting({ id, resting, because, incident }: Rested, layout: Layout): readonly string[] {
  const { palette } = layout;
  const isGood = ['closed', 'mitigated', 'nothing-to-do', 'undone'].includes(resting);
  const paint = isGood ? palette.good : palette.doubtful;
  const inForce = incident.attempts.filter((attempt) => standingChanges(attempt).length > 0 && attempt.plan.undo.length > 0);
  return [
    '',
    ...paragraph({ text: headlines[resting], mark: '', paint }, layout),
    ...(because === '' || resting === 'closed' ? [] : paragraph({ text: asSentence([because]), mark: '' }, layout)),
    ...inForce.flatMap((attempt) => paragraph({ text: spokenInForce(attempt), mark: '→ ', paintMark: palette.doubtful }, layout)),
    ...next(id, resting, inForce).map(
      ([what, command]) => `${palette.faint(`  ${what.padEnd(widest)}`)}${palette.command(oneCommand(command))}`,
    ),
  ];
}

function spokenInForce({ number, plan, purpose }: Attempt): string {
  if (purpose === 'repair') return `Attempt ${number} (${plan.id}) stays in force: it was the repair.`;
  const until = plan.undoWhen === undefined ? '' : ` It is put back only when ${plan.undoWhen}`;
  return `Attempt ${number} (${plan.id}) is in force.${until}`;
}

const widest = 'find the cause, repair, put back  '.length;

function next(id: string, resting: Rested['resting'], inForce: readonly Attempt[]): readonly (readonly [string, string])[] {
  const isInForce = inForce.length > 0;
  const onwards = (
    {
      mitigated: [['find the cause, repair, put back', `stanch mitigate --incident ${id} --follow-through`]],
      'gate-closed': [['prove it again, and put back', `stanch restore ${id}`]],
      waiting: [['take it up again', `stanch mitigate --incident ${id}`]],
      stopped: [['take it up again', `stanch mitigate --incident ${id}`]],
    } as { readonly [Resting in Rested['resting']]?: readonly (readonly [string, string])[] }
  )[resting];
  return [
    ...(onwards ?? []),
    ...(isInForce && resting !== 'undone' ? [['put it back at once', `stanch undo ${id}`] as const] : []),
    ['the notes', `stanch incidents ${id} --output markdown`],
  ];
}
