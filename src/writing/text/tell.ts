import type { Investigation, PhaseName, PublishedMitigation, PublishedThought } from '../../domain/investigation.ts';
import { type Layout, paragraph, rule } from '../layout.ts';
import { phaseTitles } from '../spoken.ts';
import { writeAnswer } from './answer.ts';
import { writeCommand } from './command.ts';
import { writeMitigations, writeWithdrawn } from './mitigations.ts';

/** What can be told. A subset of the announcer's happenings, so that either can be told. */
export type Tellable =
  | {
      readonly kind: 'started';
      readonly at: string;
      readonly cluster: Investigation['cluster'];
      readonly alert: { readonly name: string; readonly summary: string } | undefined;
    }
  | { readonly kind: 'thought'; readonly thought: PublishedThought }
  | { readonly kind: 'mitigations'; readonly mitigations: readonly PublishedMitigation[] }
  | { readonly kind: 'finished'; readonly investigation: Investigation };

/** What was told so far, so that nothing is told twice and nothing is left out. */
export interface Told {
  /** Absent: no thought was told yet. */
  readonly phase: PhaseName | undefined;
  /** Headings so far. What has nothing to tell has no heading, so that a missing number would look like something lost. */
  readonly headings: number;
  readonly question: string | undefined;
  readonly thoughts: readonly string[];
  readonly mitigations: readonly PublishedMitigation[];
}

export const nothingTold: Told = { phase: undefined, headings: 0, question: undefined, thoughts: [], mitigations: [] };

export interface Telling {
  readonly lines: readonly string[];
  readonly told: Told;
}

/** The next lines of the monologue. The lines told once are never taken back: a reader may act on them already. */
export function tell(what: Tellable, told: Told, layout: Layout): Telling {
  switch (what.kind) {
    case 'started':
      return { lines: writeOpening(what, layout), told };
    case 'thought':
      return tellThought(what.thought, told, layout);
    case 'mitigations':
      return tellMitigations(what.mitigations, told, layout);
    case 'finished':
      return tellEnd(what.investigation, told, layout);
  }
}

/** The whole monologue of an investigation that is over. */
export function writeMonologue(investigation: Investigation, layout: Layout): readonly string[] {
  const { startedAt, cluster, alert } = investigation;
  const name = alert.name;
  const opening = writeOpening({ at: startedAt, cluster, alert: name === undefined ? undefined : { name, summary: name } }, layout);
  return [...opening, ...tellEnd(investigation, nothingTold, layout).lines];
}

type Opening = Omit<Extract<Tellable, { readonly kind: 'started' }>, 'kind'>;

function writeOpening({ at, cluster, alert }: Opening, layout: Layout): readonly string[] {
  const { palette } = layout;
  const page = alert === undefined ? 'Nobody was paged. Is anything wrong?' : alert.summary === '' ? alert.name : alert.summary;
  const origin = { live: 'live', recording: 'from a recording', bundle: 'from a bundle' }[cluster.source];
  const version = cluster.version === undefined ? [] : [`Kubernetes ${cluster.version}`];
  const where = [cluster.name, ...version, origin, `${at.slice(0, 19).replace('T', ' ')} UTC`].join(' · ');
  return [
    ...paragraph({ text: page, mark: '', paint: palette.strong }, layout),
    ...paragraph({ text: where, mark: '', paint: palette.faint }, layout),
  ];
}

function tellThought(thought: PublishedThought, told: Told, layout: Layout): Telling {
  const isNewPhase = thought.phase !== told.phase;
  const headings = told.headings + (isNewPhase ? 1 : 0);
  const title = `${headings} · ${phaseTitles[thought.phase]}`;
  const heading = isNewPhase ? ['', layout.palette.heading(rule({ title, line: '─' }, layout))] : [];
  const isSameQuestion = !isNewPhase && thought.question === told.question;
  return {
    lines: [
      ...heading,
      ...(isSameQuestion ? [] : ['', ...paragraph({ text: thought.question, mark: '', paint: layout.palette.strong }, layout)]),
      ...writeLook(thought, layout),
    ],
    told: { ...told, phase: thought.phase, headings, question: thought.question, thoughts: [...told.thoughts, keyOf(thought)] },
  };
}

/** The command that would show the same, what was seen, what follows. */
function writeLook(thought: PublishedThought, layout: Layout): readonly string[] {
  const { palette } = layout;
  return [
    ...writeCommand(thought.command, '  ', layout),
    ...paragraph({ text: thought.saw, mark: '  ', gutter: '│ ' }, layout),
    ...paragraph({ text: thought.conclusion, mark: '→ ', paintMark: palette.good }, layout),
  ];
}

function tellMitigations(mitigations: readonly PublishedMitigation[], told: Told, layout: Layout): Telling {
  const news = mitigations.filter((each) => !told.mitigations.some((old) => areSame(old, each)));
  const hasOthers = told.mitigations.some((old) => isAnother(old, news));
  const standing = !hasOthers ? 'first' : news[0] === mitigations[0] ? 'instead' : 'also';
  return {
    lines: news.length === 0 ? [] : ['', ...writeMitigations(news, standing, layout)],
    told: { ...told, mitigations: [...told.mitigations, ...news] },
  };
}

/** A plan that may be run was told already, and these are no news of it. */
function isAnother(old: PublishedMitigation, news: readonly PublishedMitigation[]): boolean {
  return !old.blocked && !news.some((each) => each.id === old.id && areAlike(each.subject, old.subject));
}

function tellEnd(investigation: Investigation, told: Told, layout: Layout): Telling {
  const lines: string[] = [];
  let state = told;
  const add = (telling: Telling): void => {
    lines.push(...telling.lines);
    state = telling.told;
  };
  const untold = investigation.thoughts.filter((thought) => !told.thoughts.includes(keyOf(thought)));
  const isEarly = ({ phase }: PublishedThought): boolean => ['verify', 'scope', 'what-changed', 'mitigate'].includes(phase);
  for (const thought of untold.filter(isEarly)) add(tellThought(thought, state, layout));
  if (told.mitigations.length === 0) add(tellMitigations(investigation.mitigations, state, layout));
  for (const thought of untold.filter((each) => !isEarly(each))) add(tellThought(thought, state, layout));
  add(tellMitigations(investigation.mitigations, state, layout));
  const withdrawn = told.mitigations.filter(
    (old) => !investigation.mitigations.some((each) => each.id === old.id && areAlike(each.subject, old.subject)),
  );
  return { lines: [...lines, ...writeWithdrawn(withdrawn, layout), '', ...writeAnswer(investigation, layout)], told: state };
}

function keyOf(thought: PublishedThought): string {
  return [thought.phase, thought.question, thought.command, thought.saw, thought.conclusion].join('\n');
}

function areSame(one: PublishedMitigation, other: PublishedMitigation): boolean {
  return areAlike([one.id, one.subject, one.commands, one.preconditions], [other.id, other.subject, other.commands, other.preconditions]);
}

function areAlike(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
