import { displayWidth, type Layout } from '../../writing/layout.ts';
import { oneLine } from '../../writing/terminal-safe.ts';
import { nothingTold, tell } from '../../writing/text/tell.ts';
import type { Announcer, Happening } from './looking.ts';
import { canRewriteLines, pageColumns, type Terminal } from './terminal.ts';

/** What a person sees while the work goes on. */
export interface Screen extends Announcer {
  /** Takes the progress line away. Before anything else is written. */
  readonly clear: () => void;
  /** What it is busy with, for a message when it is stopped. Absent: nothing was announced yet. */
  readonly busyWith: () => string | undefined;
  /** Questions that were answered so far. */
  readonly answered: () => number;
  /** True: something in the cluster was changed, which is put back before the end. */
  readonly hasNoticed: () => boolean;
}

/** Tells each thought as it comes; with no layout, only the progress is shown. */
export function openScreen(terminal: Terminal, layout: Layout | undefined): Screen {
  let told = nothingTold;
  let busyWith: string | undefined;
  let answered = 0;
  let hasNoticed = false;
  const progress = progressLine(terminal);
  return {
    clear: progress.clear,
    busyWith: () => busyWith,
    answered: () => answered,
    hasNoticed: () => hasNoticed,
    announce: (happening: Happening) => {
      if (happening.kind === 'progress') {
        busyWith = oneLine(happening.text);
        progress.show(busyWith);
        return;
      }
      if (happening.kind === 'notice') {
        hasNoticed = true;
        progress.clear();
        terminal.writeError(`stanch: ${oneLine(happening.text)}\n`);
        return;
      }
      if (happening.kind === 'thought') answered += 1;
      if (layout === undefined) return;
      const telling = tell(happening, told, layout);
      told = telling.told;
      if (telling.lines.length === 0) return;
      progress.clear();
      terminal.writeOut(`${telling.lines.join('\n')}\n`);
    },
  };
}

const clearLine = '\r\u001b[2K';

/** One line on standard error that is written over and over. Nothing at all where that cannot be done. */
function progressLine(terminal: Terminal): { readonly show: (text: string) => void; readonly clear: () => void } {
  let isShown = false;
  const columns = terminal.columns ?? pageColumns(terminal);
  return {
    show: (text) => {
      if (!canRewriteLines(terminal)) return;
      isShown = true;
      terminal.writeError(`${clearLine}${cut(`… ${text}`, columns - 1)}`);
    },
    clear: () => {
      if (!isShown) return;
      isShown = false;
      terminal.writeError(clearLine);
    },
  };
}

/** A line that reaches the edge would wrap, and a wrapped line cannot be taken back. */
function cut(text: string, columns: number): string {
  let kept = '';
  for (const character of text) {
    if (displayWidth(kept + character) > columns) return kept;
    kept += character;
  }
  return kept;
}
