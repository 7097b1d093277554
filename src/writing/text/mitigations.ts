import type { PublishedMitigation } from '../../domain/investigation.ts';
import { type Layout, padTo, paragraph, rule } from '../layout.ts';
import { oneCommand } from '../terminal-safe.ts';

/** Whether another plan was told before it: `instead` takes its place, `also` stands beside it. */
export type PlanStanding = 'first' | 'instead' | 'also';

const titles: { readonly [Standing in PlanStanding]: string } = {
  first: 'Do this first',
  instead: 'Rather this, now that more is known',
  also: 'Also possible',
};

/** The box with what stops the bleeding. No frame at the sides: commands are there to be copied. */
export function writeMitigations(mitigations: readonly PublishedMitigation[], standing: PlanStanding, layout: Layout): readonly string[] {
  const { palette } = layout;
  const title = mitigations.every((each) => each.blocked) ? 'Not yet' : titles[standing];
  const plans = mitigations.flatMap((each, index) => [
    ...(index === 0 ? [] : ['']),
    ...writePlan(each, mitigations.length > 1 ? `${index + 1}. ` : '', layout),
  ]);
  return [
    palette.heading(rule({ title, aside: 'printed, nothing was executed', line: '━' }, layout)),
    ...plans,
    palette.heading('━'.repeat(layout.columns)),
  ];
}

/** Somebody may have copied it already. */
export function writeWithdrawn(mitigations: readonly PublishedMitigation[], layout: Layout): readonly string[] {
  return mitigations.flatMap((each) => [
    '',
    ...paragraph({ text: `No longer advised, now that more is known: ${each.title}.`, mark: '! ', paint: layout.palette.bad }, layout),
  ]);
}

function writePlan(plan: PublishedMitigation, number: string, layout: Layout): readonly string[] {
  const { palette } = layout;
  const field = (name: string, text: string, paint?: (text: string) => string): readonly string[] =>
    paragraph(
      { text, mark: padTo(`  ${name}`, fieldColumns), paintMark: palette.faint, ...(paint === undefined ? {} : { paint }) },
      layout,
    );
  return [
    ...paragraph({ text: plan.title, mark: number, paint: palette.strong }, layout),
    ...(plan.blocked ? field('blocked', 'A precondition does not hold, or is not known to. Do not run this as it is.', palette.bad) : []),
    ...field('why', plan.why),
    ...plan.preconditions.flatMap((each, index) => writePrecondition(each, index === 0 ? 'if' : '', layout)),
    ...plan.warnings.flatMap((warning, index) => field(index === 0 ? 'careful' : '', warning, palette.doubtful)),
    ...writeCommands('save first', plan.saveFirst, plan, layout),
    ...writeCommands('then run', plan.commands, plan, layout),
    ...field('expect', plan.expectation),
    ...(plan.undo.length === 0 ? field('undo', undoMeaning[plan.reversibility]) : writeCommands('undo', plan.undo, plan, layout)),
    ...(plan.undoWhen === undefined || plan.undo.length === 0 ? [] : field('undo when', plan.undoWhen)),
  ];
}

const fieldColumns = 14;
const marks = { yes: '✓', no: '✗', 'cannot-tell': '?' } as const;
const undoMeaning = {
  undoable: 'Nothing to put back.',
  'heals-itself': 'Nothing to put back: the cluster replaces what is taken away.',
  irreversible: 'Cannot be undone.',
} as const;

function writePrecondition(precondition: PublishedMitigation['preconditions'][number], name: string, layout: Layout): readonly string[] {
  const { palette } = layout;
  const paint = { yes: palette.good, no: palette.bad, 'cannot-tell': palette.doubtful }[precondition.holds];
  const mark = padTo(`  ${name}`, fieldColumns);
  const doubt = precondition.holds === 'cannot-tell' ? ' (cannot tell)' : '';
  return paragraph(
    {
      text: precondition.claim + doubt,
      mark: `${mark}${marks[precondition.holds]} `,
      paintMark: () => palette.faint(mark) + paint(`${marks[precondition.holds]} `),
    },
    layout,
  );
}

/** Commands of a blocked plan are commented out, so that a paste does nothing. */
function writeCommands(name: string, commands: readonly string[], plan: PublishedMitigation, layout: Layout): readonly string[] {
  const { palette } = layout;
  const guard = plan.blocked ? '# ' : '';
  return commands.map(
    (command, index) => palette.faint(padTo(index === 0 ? `  ${name}` : '', fieldColumns)) + palette.command(guard + oneCommand(command)),
  );
}
