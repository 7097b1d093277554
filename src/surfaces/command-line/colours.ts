import { styleText } from 'node:util';
import { type Palette, plainPalette } from '../../writing/layout.ts';

export const colourChoices = ['auto', 'always', 'never'] as const;
export type ColourChoice = (typeof colourChoices)[number];

export interface ColourSituation {
  readonly choice: ColourChoice;
  readonly isTerminal: boolean;
  readonly environment: { readonly [name: string]: string | undefined };
}

/** A flag decides first, then NO_COLOR (https://no-color.org), then whether there is a terminal that knows colours. */
export function wantsColour({ choice, isTerminal, environment }: ColourSituation): boolean {
  if (choice !== 'auto') return choice === 'always';
  const isRefused = environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '';
  return isTerminal && !isRefused && environment['TERM'] !== 'dumb';
}

export function paletteFor(situation: ColourSituation): Palette {
  return wantsColour(situation) ? colouredPalette : plainPalette;
}

type Format = Parameters<typeof styleText>[0];

function paint(format: Format): (text: string) => string {
  return (text) => (text === '' ? '' : styleText(format, text, { validateStream: false }));
}

const colouredPalette: Palette = {
  heading: paint('bold'),
  strong: paint('bold'),
  faint: paint('dim'),
  command: paint('cyan'),
  good: paint('green'),
  bad: paint(['bold', 'red']),
  doubtful: paint('yellow'),
};
