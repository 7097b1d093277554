import { oneLine, terminalSafe } from './terminal-safe.ts';

/** How text looks: the width that it may take, and its colours. */
export interface Layout {
  /** Columns of the terminal, or of the page where there is none. */
  readonly columns: number;
  readonly palette: Palette;
}

/** What text means, not how it looks: the surface decides on colours, or on none. */
export interface Palette {
  readonly heading: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly command: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
}

const asItIs = (text: string): string => text;

export const plainPalette: Palette = {
  heading: asItIs,
  strong: asItIs,
  faint: asItIs,
  command: asItIs,
  good: asItIs,
  bad: asItIs,
  doubtful: asItIs,
};

export interface Paragraph {
  readonly text: string;
  /** Stands before the first line; further lines are indented as far. */
  readonly mark: string;
  /** Stands before every line: quotes text of many lines, so that none of them can pass for ours. Absent: one paragraph. */
  readonly gutter?: string;
  readonly paint?: (text: string) => string;
  readonly paintMark?: (text: string) => string;
}

/** A paragraph of any text, made safe, wrapped, and hanging behind its mark. */
export function paragraph(of: Paragraph, layout: Layout): readonly string[] {
  const paint = of.paint ?? asItIs;
  const paintMark = of.paintMark ?? paint;
  const gutter = of.gutter ?? '';
  const indent = ' '.repeat(displayWidth(of.mark));
  const width = Math.max(layout.columns - displayWidth(of.mark + gutter), narrowest);
  const parts = of.gutter === undefined ? [of.text] : terminalSafe(of.text).split('\n');
  const lines = parts.flatMap((part) => wrap(oneLine(part), width));
  return lines.map(
    (line, index) => (index === 0 ? paintMark(of.mark) : indent) + (gutter === '' ? '' : layout.palette.faint(gutter)) + paint(line),
  );
}

/** Narrower than this, words would stand one under the other; let the terminal break the lines instead. */
const narrowest = 24;

/** Breaks at spaces. A word wider than the line stays whole, so that names and commands can be copied. Empty text: no lines. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(unbrokenSpace).filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

/** A figure stays with its per cent sign. */
const unbrokenSpace = / (?!%)/;

/** A heading in a line across the page: "━━ Mitigate first ━━━━ nothing was executed ━━". */
export function rule(of: { readonly title: string; readonly aside?: string; readonly line: string }, layout: Layout): string {
  const title = `${of.line.repeat(2)} ${oneLine(of.title)} `;
  const aside = of.aside === undefined ? '' : ` ${oneLine(of.aside)} ${of.line.repeat(2)}`;
  const missing = layout.columns - displayWidth(title) - displayWidth(aside);
  return title + of.line.repeat(Math.max(missing, 2)) + aside;
}

/** Columns that a terminal gives the text. */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(columns - displayWidth(text), 0));
}

function widthOf(character: string): 0 | 1 | 2 {
  if (character < '\u0300') return 1;
  if (/\p{M}/u.test(character)) return 0;
  return isWide.test(character) ? 2 : 1;
}

/** Unicode's East Asian Width "W" and "F", in its large blocks, and emoji that are pictures by default. */
const isWide = new RegExp(
  '[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6]' +
    '|[\\u{20000}-\\u{3fffd}]|\\p{Emoji_Presentation}',
  'u',
);
