import type { CommandCheck } from '../../domain/command-check.ts';
import { spokenSubject } from '../../domain/subject.ts';
import { type Layout, padTo, paragraph } from '../layout.ts';
import { writeCommand } from './command.ts';

const fieldColumns = 12;

/** What the guard rails say about a command, for the person who is about to run it. */
export function writeCommandCheck(check: CommandCheck, layout: Layout): readonly string[] {
  const { palette } = layout;
  const heading = {
    'no-objection': palette.good('No objection'),
    warning: palette.bad('Do not run this yet'),
    'cannot-tell': palette.doubtful('Cannot tell'),
  }[check.verdict];
  return [
    heading,
    ...writeCommand(check.command, '  ', layout),
    ...check.warnings.flatMap((warning) => ['', ...writeWarning(warning, layout)]),
    ...(check.doubts.length === 0
      ? []
      : ['', ...check.doubts.flatMap((says) => paragraph({ text: says, mark: '? ', paint: palette.doubtful }, layout))]),
    ...closing(check, layout),
    ...instead(check, layout),
  ];
}

function writeWarning(warning: CommandCheck['warnings'][number], layout: Layout): readonly string[] {
  const { palette } = layout;
  const field = (name: string, text: string): readonly string[] =>
    paragraph({ text, mark: padTo(`  ${name}`, fieldColumns), paintMark: palette.faint }, layout);
  return [
    ...paragraph({ text: warning.title, mark: '! ', paint: palette.strong, paintMark: palette.bad }, layout),
    ...field('here', warning.says),
    ...field('why', warning.why),
    ...field('instead', warning.seniorDoes),
  ];
}

function closing(check: CommandCheck, layout: Layout): readonly string[] {
  if (check.harmlessBecause !== undefined) return ['', ...paragraph({ text: `${check.harmlessBecause}.`, mark: '' }, layout)];
  if (check.verdict === 'no-objection')
    return [
      '',
      ...paragraph({ text: 'No guard rail warns of it here. That is no advice to run it.', mark: '', paint: layout.palette.faint }, layout),
    ];
  return check.verdict === 'cannot-tell'
    ? ['', ...paragraph({ text: 'What cannot be told is not fine.', mark: '', paint: layout.palette.faint }, layout)]
    : [];
}

function instead({ instead: plan }: CommandCheck, layout: Layout): readonly string[] {
  if (plan === undefined) return [];
  const title = `What may run now: ${plan.mitigation} of ${spokenSubject(plan.subject)}`;
  return [
    '',
    ...paragraph({ text: title, mark: '', paint: layout.palette.heading }, layout),
    ...plan.commands.flatMap((command) => writeCommand(command, '  ', layout)),
  ];
}
