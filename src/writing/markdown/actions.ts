import type { Investigation, PublishedMitigation } from '../../domain/investigation.ts';
import type { Cites } from './evidence-table.ts';
import { spokenDue } from '../spoken.ts';
import { clause, code, codeBlock, prose, sentence } from './markdown-safe.ts';

export function writeMitigationPlans(mitigations: readonly PublishedMitigation[], cites: Cites): readonly string[] {
  return mitigations.flatMap((each, index) => [...(index === 0 ? [] : ['']), ...writePlan(each, cites)]);
}

const marks = { yes: '✓', no: '✗', 'cannot-tell': '? cannot tell:' } as const;

function writePlan(plan: PublishedMitigation, cites: Cites): readonly string[] {
  const block = (title: string, commands: readonly string[]): readonly string[] =>
    commands.length === 0 ? [] : ['', title, '', ...codeBlock(commands)];
  const guarded = plan.blocked ? plan.commands.map((command) => `# ${command}`) : plan.commands;
  return [
    `### ${prose(plan.title)}`,
    '',
    ...(plan.blocked ? ['**Blocked**: a precondition does not hold, or is not known to. The commands are commented out.', ''] : []),
    `${prose(plan.why)}${cites.marks(plan.because)}`,
    ...(plan.preconditions.length === 0 ? [] : ['', ...plan.preconditions.map((each) => `- ${marks[each.holds]} ${prose(each.claim)}`)]),
    ...(plan.warnings.length === 0 ? [] : ['', ...plan.warnings.map((warning) => `> ${prose(warning)}`)]),
    ...block('Save the evidence first:', plan.saveFirst),
    ...block('Then:', guarded),
    '',
    `Expected: ${sentence(plan.expectation)}`,
    ...block(plan.undoWhen === undefined ? 'To undo:' : `To undo, once ${clause(plan.undoWhen)}:`, plan.undo),
  ];
}

const kinds = { ticket: 'Ticket', reminder: 'Reminder', gate: 'Gate' } as const;

export function writeFollowUps(followUps: Investigation['followUps']): readonly string[] {
  return followUps.flatMap((each, index) => [
    ...(index === 0 ? [] : ['']),
    `### ${kinds[each.kind]}: ${prose(each.title)}`,
    '',
    ...(each.due === undefined ? [] : [`Due ${prose(spokenDue(each.due, each.timeZone))}.`, '']),
    ...quoted(each.text.split(/\n+/)),
  ]);
}

function quoted(lines: readonly string[]): readonly string[] {
  return told(lines).map((line) => (line === '' ? '>' : `> ${line}`));
}

/** What is told in plain words, of which some come from a cluster or a page, as Markdown that says the same and does nothing else. */
export function writeWords(text: string): string {
  return told(text.split(/\n+/)).join('\n');
}

/** Items under one another, the command behind an item in the item, everything else as paragraphs. */
function told(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line, place) => {
    if (line.startsWith('  $ ')) return [`  ${code(line.slice('  $ '.length))}`];
    const isItem = line.startsWith('- ');
    const isInList = isItem && /^(- |  \$ )/.test(lines[place - 1] ?? '');
    return [...(place === 0 || isInList ? [] : ['']), isItem ? `- ${prose(line.slice('- '.length))}` : prose(line)];
  });
}
