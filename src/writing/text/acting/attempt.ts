import type { Attempt } from '../../../domain/incident.ts';
import type { MitigationPlan } from '../../../domain/mitigation.ts';
import { spokenSubject } from '../../../domain/subject.ts';
import { commandToChange } from '../../../domain/kubectl-commands.ts';
import { asSentence, commandOf, spokenBaseline, spokenChange } from '../../acting-words.ts';
import { type Layout, padTo, paragraph, rule } from '../../layout.ts';
import { oneCommand } from '../../terminal-safe.ts';

const fieldColumns = 12;

/** The plan as it is about to be carried out: exactly what, how it is put back, and how things are before. */
export function writeAttempt(attempt: Attempt, layout: Layout): readonly string[] {
  const { plan, purpose, number, prepared } = attempt;
  const title = `Attempt ${number}: ${plan.id}, ${spokenSubject(plan.subject)}`;
  const kept = plan.undoWhen === undefined ? 'stays, unless it does not help' : `only when ${plan.undoWhen}`;
  return [
    '',
    layout.palette.heading(rule({ title, aside: purpose === 'repair' ? 'to repair' : 'to stop the bleeding', line: '─' }, layout)),
    ...field('why', plan.why.says, layout),
    ...commands(
      'will',
      plan.changes.map((change, index) => `${commandToChange(change)}${prepared[index]?.isAlreadySo === true ? '   # is so already' : ''}`),
      layout,
    ),
    ...(plan.changes.some(({ kind }) => kind === 'evict')
      ? field('', 'Pods are evicted, so disruption budgets are respected; kubectl has no verb for that.', layout)
      : []),
    ...(plan.undo.length === 0 ? field('undo', 'Nothing to put back.', layout) : commands('undo', plan.undo.map(commandToChange), layout)),
    ...(plan.undo.length === 0 ? [] : field('put back', kept, layout)),
    ...field('expect', plan.expectation, layout),
    ...field('before', asSentence(spokenBaseline(attempt)), layout),
  ];
}

/** What could not be saved and goes with the plan. Empty: nothing that is known of. */
export function writeLoss({ unsaved }: Pick<Attempt, 'unsaved'>, layout: Layout): readonly string[] {
  const { palette } = layout;
  return unsaved.flatMap(({ pod, because, isOnlyTrace }) => {
    const end = isOnlyTrace ? 'It goes for good with this plan, and nothing else tells why it fails.' : '';
    const text = `Not saved: the logs of ${spokenSubject(pod)}: ${because.replace(/\.$/, '')}. ${end}`.trim();
    return paragraph({ text, mark: isOnlyTrace ? '✗ ' : '? ', paintMark: isOnlyTrace ? palette.bad : palette.doubtful }, layout);
  });
}

/** The server's own word on each change, before anything is touched. */
export function tellRehearsal(
  plan: MitigationPlan,
  outcomes: readonly { readonly state: string; readonly detail: string }[],
  layout: Layout,
): readonly string[] {
  const doubts = plan.changes.flatMap((change, index) => {
    const outcome = outcomes[index];
    return outcome === undefined || outcome.state === 'accepted' || outcome.state === 'already-so'
      ? []
      : [`${spokenChange(change)}: ${outcome.state}, ${outcome.detail}`];
  });
  if (doubts.length === 0) {
    const all = outcomes.length === 1 ? 'The change' : `All ${outcomes.length} changes`;
    const text = `${all} of ${plan.id} passed the server's dry run. Nothing is changed yet.`;
    return paragraph({ text, mark: '✓ ', paintMark: layout.palette.good }, layout);
  }
  return doubts.flatMap((text) => paragraph({ text: `Dry run: ${text}`, mark: '? ', paintMark: layout.palette.doubtful }, layout));
}

function field(name: string, text: string, layout: Layout): readonly string[] {
  return paragraph({ text, mark: padTo(`  ${name}`, fieldColumns), paintMark: layout.palette.faint }, layout);
}

/** One a line, never broken, so that they can be copied. */
function commands(name: string, lines: readonly string[], { palette }: Layout): readonly string[] {
  return lines.map((line, index) => palette.faint(padTo(index === 0 ? `  ${name}` : '', fieldColumns)) + palette.command(oneCommand(line)));
}

/** The command of one change of the attempt, safe to print. */
export function safeCommand(attempt: Attempt, index: number, direction: 'do' | 'undo'): string {
  return oneCommand(commandOf(attempt, index, direction));
}
