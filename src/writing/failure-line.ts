import { oneLine } from './terminal-safe.ts';

/** What was attempted, what happened, what to do: in one line, however long or hostile its parts are. */
export function writeFailureLine(failure: { readonly attempted: string; readonly happened: string; readonly whatToDo: string }): string {
  const attempted = oneLine(failure.attempted);
  return `stanch: ${attempted}: ${sentence(failure.happened)} ${sentence(failure.whatToDo)}`.trim();
}

const longest = 400;

function sentence(text: string): string {
  const line = oneLine(text);
  const bounded = line.length > longest ? `${line.slice(0, longest)}…` : line;
  return bounded === '' || /[.!?…]$/.test(bounded) ? bounded : `${bounded}.`;
}
