import type { Investigation } from '../../../domain/investigation.ts';
import type { LooseEnd } from '../../../domain/loose-end.ts';
import { type Layout, paragraph, rule } from '../../layout.ts';
import { spokenDue } from '../../spoken.ts';
import { writeCommand } from '../command.ts';

export interface Closed {
  readonly looseEnds: readonly LooseEnd[];
  readonly followUps: Investigation['followUps'];
}

/** What was left, what becomes of it, and what is left to do. */
export function writeClosing({ looseEnds, followUps }: Closed, layout: Layout): readonly string[] {
  const todo = followUps.flatMap(({ kind, title, due, timeZone }) => {
    const when = due === undefined ? '' : `, due ${spokenDue(due, timeZone)}`;
    return paragraph({ text: `${kind}${when}: ${title}`, mark: '□ ' }, layout);
  });
  return [
    '',
    layout.palette.heading(rule({ title: 'Before it is forgotten', line: '─' }, layout)),
    ...(looseEnds.length === 0
      ? paragraph({ text: 'Nothing was left in the cluster.', mark: '✓ ', paintMark: layout.palette.good }, layout)
      : looseEnds.flatMap((each) => writeLooseEnd(each, layout))),
    ...todo,
    ...paragraph({ text: 'The incident is closed.', mark: '', paint: layout.palette.strong }, layout),
  ];
}

const marks = { closed: '✓ ', carried: '→ ', open: '! ' } as const;

function writeLooseEnd({ says, state, command }: LooseEnd, layout: Layout): readonly string[] {
  const { palette } = layout;
  const paintMark = { closed: palette.good, carried: palette.doubtful, open: palette.bad }[state];
  return [
    ...paragraph({ text: says, mark: marks[state], paintMark }, layout),
    ...(command === undefined ? [] : writeCommand(command, '    ', layout)),
  ];
}
