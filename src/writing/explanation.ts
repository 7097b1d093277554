import type { AnyFailureMode } from '../domain/failure-mode.ts';
import { type Layout, padTo, paragraph, rule } from './layout.ts';
import { lookByHand } from './look-by-hand.ts';
import { writeCommand } from './text/command.ts';

/** Everything that a failure mode's file says about it, for a person. */
export function writeExplanation(mode: AnyFailureMode, layout: Layout): readonly string[] {
  const { palette } = layout;
  const { explanation } = mode;
  const look = lookByHand(mode);
  const part = (title: string, text: string): readonly string[] => ['', palette.heading(title), ...paragraph({ text, mark: '  ' }, layout)];
  const list = (title: string, items: readonly string[]): readonly string[] =>
    items.length === 0 ? [] : ['', palette.heading(title), ...items.flatMap((text) => paragraph({ text, mark: '  · ' }, layout))];
  return [
    palette.heading(rule({ title: mode.title, aside: mode.role, line: '━' }, layout)),
    mode.id,
    standing(mode),
    ...part('What it is', explanation.whatItIs),
    ...part('How it looks', explanation.howItLooks),
    ...part('Why it happens', explanation.whyItHappens),
    ...part('What stops the bleeding', explanation.whatStopsTheBleeding),
    ...part('What fixes it', explanation.whatFixesIt),
    ...part('How to prevent it', explanation.howToPreventIt),
    ...list(
      'Recognised, for example, where',
      mode.recognises.map((example) => example.story),
    ),
    ...list(
      'Not to be confused with',
      mode.isNotFooledBy.map((example) => example.story),
    ),
    ...list('Evidence it needs', [
      mode.needs.join(', '),
      ...(mode.helpedBy.length === 0 ? [] : [`and is helped by: ${mode.helpedBy.join(', ')}`]),
    ]),
    ...commands('Look by hand', look.first, layout),
    ...commands('To be surer, or to rule it out', look.surer, layout),
    ...list('Mitigations that fit', mode.mitigations),
    ...list('Read more', mode.sources),
  ];
}

/** One line each, in order of their ids. */
export function writeFailureModeList(modes: readonly AnyFailureMode[], layout: Layout): readonly string[] {
  const ordered = modes.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const widest = Math.max(0, ...ordered.map((mode) => mode.id.length));
  const proven = ordered.filter((mode) => mode.isProven === true).length;
  return [
    ...ordered.flatMap((mode) =>
      paragraph(
        { text: mode.title, mark: `${padTo(mode.id, widest)} ${mode.isProven === true ? '✓' : '·'} `, paintMark: layout.palette.command },
        layout,
      ),
    ),
    '',
    ...paragraph(
      { text: `✓ proven on a real cluster: ${proven}. · unproven, its rule has examples only: ${ordered.length - proven}.`, mark: '' },
      layout,
    ),
  ];
}

/** Whole, so that they can be copied. */
function commands(title: string, of: readonly string[], layout: Layout): readonly string[] {
  return of.length === 0 ? [] : ['', layout.palette.heading(title), ...of.flatMap((command) => writeCommand(command, '  ', layout))];
}

export function standing(mode: AnyFailureMode): string {
  return mode.isProven === true ? 'proven on a real cluster' : 'unproven: its rule has examples only';
}
