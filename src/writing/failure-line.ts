import { oneLine } from './terminal-safe.ts';

/** What was attempted, what happened, what to do: in one line, however long or hostile its parts are. */
export function writeFailureLine(failure: { readonly attempted: string; readonly happened: string; readonly whatToDo: string }): string {
  const attempted = bounded(oneLine(failure.attempted));
  return `stanch: ${attempted}: ${sentence(failure.happened)} ${capital(sentence(failure.whatToDo))}`.trim();
}

const longest = 400;

function sentence(text: string): string {
  const line = bounded(oneLine(text));
  return line === '' || /[.!?…]$/.test(line) ? line : `${line}.`;
}

function bounded(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A command keeps its own first letter. */
function capital(text: string): string {
  return /^(stanch|kubectl) /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
