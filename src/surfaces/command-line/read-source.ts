import type { SourceRequest } from './command-request.ts';
import type { Failure, SourceOptions } from './looking.ts';
import { readAlert } from './read-alert.ts';
import type { Screen } from './screen.ts';
import type { Terminal } from './terminal.ts';

/** Where to look, with the page read. */
export async function readSource(
  request: SourceRequest,
  { screen, terminal }: { readonly screen: Screen; readonly terminal: Terminal },
): Promise<SourceOptions | Failure> {
  const { alertFrom, ...source } = request;
  if (alertFrom === undefined) return source;
  screen.announce({ kind: 'progress', text: `reading the alert from ${alertFrom === '-' ? 'standard input' : alertFrom}` });
  const alert = await readAlert(alertFrom, terminal);
  return 'state' in alert ? alert : { ...source, alert };
}
