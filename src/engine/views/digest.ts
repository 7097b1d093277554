import { z } from 'zod';
import type { Investigation } from '../../domain/investigation.ts';
import { causesOf, spokenSubject } from '../../writing/spoken.ts';
import { oneCommand, oneLine } from '../../writing/terminal-safe.ts';
import { text, texts } from './fields.ts';

/** What an investigation found, on half a page. */
export const digestShape = z.object({
  summary: text('One sentence that answers the page.'),
  outcome: z.enum(['explained', 'healthy', 'cannot-tell']),
  alert: z.enum(['real', 'transient', 'flapping', 'stale', 'cannot-tell', 'none']),
  failing: z.number().meta({ description: 'Replicas that fail.' }),
  healthy: z.number().meta({ description: 'Healthy replicas of the same workload.' }),
  separates: texts('What the failing have and the healthy do not.'),
  suspects: texts('Changes whose order, scope and mechanism fit.'),
  acquitted: texts('Changes that were near in time, and that the evidence clears.'),
  causes: z
    .array(
      z.object({
        failureMode: text('For explain-failure-mode.'),
        title: z.string(),
        subject: z.string(),
        confidence: z.number(),
        because: texts('What speaks for it, most telling first.'),
      }),
    )
    .readonly()
    .meta({ description: 'What is held responsible. Empty: it cannot be told, or nothing is wrong.' }),
  doFirst: z.exactOptional(
    z.object({
      title: z.string(),
      why: z.string(),
      blocked: z.boolean().meta({ description: 'True: a precondition does not hold or is not known to hold.' }),
      commands: texts('What a human would type.'),
      undo: texts('What takes it back.'),
    }),
  ),
  blindSpots: texts('What could not be seen, and what would show it.'),
});

const mostOfEach = 5;

export function digestOf(investigation: Investigation): z.input<typeof digestShape> {
  const { summary, outcome, alert, scope, changes, mitigations, blindSpots } = investigation;
  const [first] = mitigations;
  const standing = (wanted: 'suspect' | 'acquitted'): readonly string[] =>
    changes
      .filter((each) => each.standing === wanted)
      .slice(0, mostOfEach)
      .map((each) => oneLine(`${each.at} ${each.summary}`));
  return {
    summary: oneLine(summary),
    outcome,
    alert: alert.verdict,
    failing: scope.failing.length,
    healthy: scope.healthy.length,
    separates: scope.axes.filter(({ verdict }) => verdict === 'separates').map(({ axis, value }) => oneLine(`${axis} ${value}`)),
    suspects: standing('suspect'),
    acquitted: standing('acquitted'),
    causes: causesOf(investigation)
      .slice(0, mostOfEach)
      .map(({ failureMode, title, subject, confidence, because }) => ({
        failureMode,
        title: oneLine(title),
        subject: oneLine(spokenSubject(subject)),
        confidence,
        because: because.slice(0, mostOfEach).map(({ says }) => oneLine(says)),
      })),
    ...(first === undefined
      ? {}
      : {
          doFirst: {
            title: oneLine(first.title),
            why: oneLine(first.why),
            blocked: first.blocked,
            commands: first.commands.map(oneCommand),
            undo: first.undo.map(oneCommand),
          },
        }),
    blindSpots: blindSpots.slice(0, mostOfEach).map(({ what, toSeeIt }) => oneLine(`${what} (${toSeeIt})`)),
  };
}
