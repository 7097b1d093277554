import type { ChangeResult } from '../domain/change-result.ts';
import { changedSubject, type ClusterChange } from '../domain/cluster-change.ts';
import type { Compared } from '../domain/how-it-stands.ts';
import { sidesOf } from '../domain/how-it-stands.ts';
import type { Attempt } from '../domain/incident.ts';
import type { Direction, Judgement } from '../domain/incident-event.ts';
import { commandToChange } from '../domain/kubectl-commands.ts';
import type { Observation } from '../domain/observation.ts';
import { spokenSubject } from '../domain/subject.ts';
import { commandToPutBack } from '../domain/undo-command.ts';

/** "evict Pod payments/payment-service-7f8b9c4d5-x2k9m" */
export function spokenChange(change: ClusterChange): string {
  return `${change.kind} ${spokenSubject(changedSubject(change))}`;
}

/** What a human would type for this change of the attempt. */
export function commandOf({ plan }: Pick<Attempt, 'plan'>, index: number, direction: Direction): string {
  const change = plan.changes[index];
  if (change === undefined) return '';
  return direction === 'do' ? commandToChange(change) : (commandToPutBack(plan, change) ?? commandToChange(change));
}

export const resultWords: { readonly [State in ChangeResult['state']]: string } = {
  done: 'done',
  'already-so': 'was so already; nothing was written',
  'not-done': 'had not been carried out',
  'held-back': 'not now',
  overtaken: 'left alone, because somebody else changed it',
  refused: 'refused',
  unknown: 'nobody knows whether it was carried out',
};

export const judgementWords: { readonly [Is in Judgement]: string } = {
  confirmed: 'It worked.',
  worse: 'It is worse than before.',
  'no-better': 'It is no better.',
  'cannot-tell': 'Whether it helped cannot be told.',
};

/** Every side that was asked for, in a few words each. */
export function spokenSides(observation: Observation, compared: Compared): readonly string[] {
  return sidesOf(observation, compared)
    .filter(({ stands }) => stands !== 'left-out')
    .map(({ says }) => says);
}

/** How things were before anything was touched. */
export function spokenBaseline({ baseline }: Pick<Attempt, 'baseline'>): readonly string[] {
  return spokenSides(baseline, { baseline, appliedAt: 0 });
}

/** "because the proofs hold; nothing else": the reasons as one sentence. */
export function asSentence(reasons: readonly string[]): string {
  const text = reasons.join('; ');
  if (text === '') return '';
  const sentence = `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
