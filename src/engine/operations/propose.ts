import { z } from 'zod';
import type { PublishedMitigation } from '../../domain/investigation.ts';
import { spokenSubject } from '../../writing/spoken.ts';
import { oneCommand, oneLine } from '../../writing/terminal-safe.ts';
import { defineOperation } from '../serve/operation.ts';
import { attemptView } from '../views/attempt-view.ts';
import { holds, incidentParameter, text, texts } from '../views/fields.ts';
import { stateShape } from '../views/incident-shape.ts';

const proposal = z.object({
  mitigation: text('Id of the mitigation.'),
  title: z.string(),
  subject: z.string(),
  why: z.string(),
  preconditions: z.array(z.object({ claim: z.string(), holds })).readonly(),
  blocked: z.boolean().meta({ description: 'True: a precondition does not hold or is not known to hold; nothing may execute it.' }),
  saveFirst: texts('Commands that save what it would destroy.'),
  commands: texts('Commands that carry it out, in order.'),
  undo: texts('Commands that take it back. Empty: nothing to put back.'),
  undoWhen: z.exactOptional(text('What must be shown before the undo is safe.')),
  expectation: text('What is seen when it has worked.'),
  reversibility: z.enum(['undoable', 'heals-itself', 'irreversible']),
  warnings: texts('What is easily done wrong here.'),
});

export const propose = defineOperation({
  name: 'propose',
  summary:
    'Proposes what stops the bleeding, best first, with preconditions, commands and undo. Nothing is carried out: a person approves.',
  effect: 'reads',
  route: '/incidents/:incident/proposals',
  role: 'view',
  isTool: true,
  input: z.strictObject({ incident: incidentParameter }),
  output: z.object({
    state: stateShape,
    proposals: z.array(proposal).readonly().meta({ description: 'Empty: none fits, or it is not investigated yet.' }),
    waiting: z.exactOptional(
      z
        .object({ attempt: z.number(), title: z.string() })
        .meta({ description: 'The plan that waits for a person to approve it on the page of the incident. Absent: none.' }),
    ),
  }),
  run: async ({ incident }, { incidents }) => {
    const read = await incidents.read(incident);
    if (!('incident' in read)) return read.state === 'missing' ? { state: 'missing', what: `incident ${incident}` } : read;
    const mitigations = read.incident.investigations.at(-1)?.investigation.mitigations ?? [];
    const last = read.incident.attempts.at(-1);
    const shown = last === undefined ? undefined : attemptView(last, read);
    return {
      state: 'done',
      value: {
        state: read.state,
        proposals: mitigations.map(proposalOf),
        ...(shown?.canBeApproved === true ? { waiting: { attempt: shown.number, title: shown.title } } : {}),
      },
    };
  },
});

function proposalOf(mitigation: PublishedMitigation): z.input<typeof proposal> {
  const { id, title, subject, why, preconditions, blocked, saveFirst, commands, undo, undoWhen, expectation } = mitigation;
  return {
    mitigation: id,
    title: oneLine(title),
    subject: oneLine(spokenSubject(subject)),
    why: oneLine(why),
    preconditions: preconditions.map(({ claim, holds: isHeld }) => ({ claim: oneLine(claim), holds: isHeld })),
    blocked,
    saveFirst: saveFirst.map(oneCommand),
    commands: commands.map(oneCommand),
    undo: undo.map(oneCommand),
    ...(undoWhen === undefined ? {} : { undoWhen: oneLine(undoWhen) }),
    expectation: oneLine(expectation),
    reversibility: mitigation.reversibility,
    warnings: mitigation.warnings.map(oneLine),
  };
}
