import type { Hypothesis } from '../contract-parts.ts';

type Steps = Hypothesis['cascade'];

/** One thing in the chain, drawn in a row of its own. */
export interface CascadeRow {
  readonly lines: readonly string[];
  /** cause: where it begins. symptom: what was noticed. side: leads to nothing further. link: anything between. */
  readonly kind: 'cause' | 'link' | 'side' | 'symptom';
  /** Middle of its mark, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Row of what leads to it. Undefined: nothing does. */
  readonly after: number | undefined;
}

export interface CascadeLayout {
  readonly rows: readonly CascadeRow[];
  readonly heightPixels: number;
}

export interface Lettering {
  readonly widthPixels: number;
  readonly widthOf: (text: string) => number;
}

export const markX = 10;
export const textX = 30;
export const linePixels = 21;
const sideX = 32;
const gapPixels = 18;

/** One below the other, so that it fits a phone; what leads nowhere further is set aside to the right. */
export function layOutCascade(steps: Steps, lettering: Lettering): CascadeLayout {
  const names = [...new Set(steps.flatMap(({ from, to }) => [from, to]))];
  const main = mainPath(steps);
  const symptom = steps.at(-1)?.to;
  const rows: CascadeRow[] = [];
  let y = 12;
  for (const name of names) {
    const isMain = main.has(name);
    const x = isMain ? markX : sideX;
    const lines = wrapped(name, { ...lettering, widthPixels: lettering.widthPixels - (textX - markX) - x });
    const leading = steps.findLast(({ to }) => to === name)?.from;
    const kind = leading === undefined ? 'cause' : name === symptom ? 'symptom' : isMain ? 'link' : 'side';
    rows.push({ lines, kind, x, y, after: leading === undefined ? undefined : names.indexOf(leading) });
    y += lines.length * linePixels + gapPixels;
  }
  return { rows, heightPixels: Math.max(0, y - gapPixels + 4) };
}

/** From the last effect back to where it began. */
function mainPath(steps: Steps): ReadonlySet<string> {
  const path = new Set<string>();
  let at = steps.at(-1)?.to;
  while (at !== undefined && !path.has(at)) {
    const name: string = at;
    path.add(name);
    at = steps.findLast(({ to }) => to === name)?.from;
  }
  return path;
}

function wrapped(text: string, { widthPixels, widthOf }: Lettering): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`) <= widthPixels) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(...broken(word, { widthPixels, widthOf }));
  }
  return lines;
}

/** A name that is longer than a line is broken where it has to be. */
function broken(word: string, { widthPixels, widthOf }: Lettering): readonly string[] {
  if (word.length < 2 || widthOf(word) <= widthPixels) return [word];
  let end = word.length - 1;
  while (end > 1 && widthOf(word.slice(0, end)) > widthPixels) end -= 1;
  return [word.slice(0, end), ...broken(word.slice(end), { widthPixels, widthOf })];
}
