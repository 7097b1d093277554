import type { Layout } from '../../writing/layout.ts';
import { type ColourChoice, paletteFor } from './colours.ts';
import { pageColumns, type Terminal } from './terminal.ts';

/** How wide and how colourful the answer is on this terminal. */
export function layoutFor(terminal: Terminal, choice: ColourChoice): Layout {
  const { isOutTerminal: isTerminal, environment } = terminal;
  return { columns: pageColumns(terminal), palette: paletteFor({ choice, isTerminal, environment }) };
}
