import type { AnyFailureMode } from '../../src/domain/failure-mode.ts';
import { standing } from '../../src/writing/explanation.ts';
import { lookByHand } from '../../src/writing/look-by-hand.ts';
import { code, codeBlock, prose, table } from '../../src/writing/markdown/markdown-safe.ts';
import { joined, section } from '../../src/writing/markdown/incident-notes.ts';

/** A failure mode and the folder of the catalogue that it lies in. */
export interface Grouped {
  readonly mode: AnyFailureMode;
  readonly group: string;
}

export interface Page {
  /** Relative to docs/failure-modes/. */
  readonly name: string;
  readonly text: string;
}

const generated = 'Written by `npm run generate` from the catalogue. Do not edit.';

/** One page for each failure mode, and an index by group. */
export function failureModePages(of: readonly Grouped[]): readonly Page[] {
  const ordered = of.toSorted((one, other) => (one.mode.id < other.mode.id ? -1 : 1));
  return [
    { name: 'README.md', text: indexPage(ordered) },
    ...ordered.map((each) => ({ name: nameOf(each.mode.id), text: page(each, of) })),
  ];
}

function nameOf(id: string): string {
  return `${id}.md`;
}

function indexPage(of: readonly Grouped[]): string {
  const groups = [...new Set(of.map((each) => each.group))].toSorted();
  const proven = of.filter(({ mode }) => mode.isProven === true).length;
  return joined([
    ['# Failure modes'],
    [
      `${of.length} ways in which things break. ${proven} are proven: a recording of a real cluster, broken on purpose, names them as its first cause.`,
      'The rules of the others have been tried on written examples only, and Stanch says so when it names one of them.',
    ],
    ...groups.map((group) => [
      `## ${titleOf(group)}`,
      '',
      ...table(
        ['failure mode', 'what it is', ''],
        of
          .filter((each) => each.group === group)
          .map(({ mode }) => [
            `[${mode.id}](${nameOf(mode.id)})`,
            `${prose(mode.title)}${mode.role === 'symptom' ? ' (symptom)' : ''}`,
            mode.isProven === true ? 'proven' : 'unproven',
          ]),
      ),
    ]),
    [generated],
  ]);
}

function page({ mode, group }: Grouped, all: readonly Grouped[]): string {
  const { explanation } = mode;
  const look = lookByHand(mode);
  const stories = (of: readonly { readonly story: string }[]): readonly string[] => of.map(({ story }) => `- ${prose(story)}`);
  const causedBy = all.filter((each) => each.mode.explains.includes(mode.id)).map((each) => each.mode.id);
  return joined([
    [`# ${prose(mode.title)}`],
    [
      `${code(mode.id)} · ${titleOf(group)} · ${mode.role === 'cause' ? 'a cause' : 'a symptom: never the last word'} · ${standing(mode)} · [all failure modes](README.md)`,
    ],
    [prose(explanation.whatItIs)],
    section('How it looks', [prose(explanation.howItLooks)]),
    section('Why it happens', [
      prose(explanation.whyItHappens),
      ...links('Brought about by', causedBy),
      ...links('Brings about', mode.explains),
    ]),
    section('Look by hand', codeBlock(look.first)),
    section('To be surer, or to rule it out', codeBlock(look.surer)),
    section('Recognised, for example, where', stories(mode.recognises)),
    section('Not to be confused with', stories(mode.isNotFooledBy)),
    section('What stops the bleeding', [
      prose(explanation.whatStopsTheBleeding),
      ...(mode.mitigations.length === 0 ? [] : ['', `Mitigations that fit, best first: ${mode.mitigations.map(code).join(', ')}.`]),
    ]),
    section('What fixes it', [prose(explanation.whatFixesIt)]),
    section('How to prevent it', [prose(explanation.howToPreventIt)]),
    section('Evidence', [
      `Needs ${mode.needs.map(code).join(', ')}: without it the verdict is *cannot tell*.`,
      ...(mode.helpedBy.length === 0 ? [] : [`Helped by ${mode.helpedBy.map(code).join(', ')}.`]),
    ]),
    section(
      'Read more',
      mode.sources.map((source) => `- <${source}>`),
    ),
    [generated],
  ]);
}

function links(title: string, ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : ['', `${title}: ${ids.map((id) => `[${id}](${nameOf(id)})`).join(', ')}.`];
}

/** "control-plane" → "Control plane". */
function titleOf(group: string): string {
  const words = group.replaceAll('-', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
