import { createInterface } from 'node:readline';
import type { Attempt } from '../../domain/incident.ts';
import type { Approver } from '../../engine/act/acting.ts';
import type { Terminal } from './terminal.ts';

export interface ApproverSettings {
  /** Ids of mitigations that were approved on the command line, by name and beforehand. */
  readonly approved: readonly string[];
  /** Who sits there, for the record. */
  readonly by: string;
  /** Takes the progress line away before a question is written. */
  readonly clear: () => void;
  /** The plan in words, for whoever is asked. Empty: it was shown on this terminal. */
  readonly unseen: (attempt: Attempt) => string;
}

/** Asks on the terminal. Where nobody sits at one, nobody is taken to have agreed. */
export function terminalApprover(terminal: Terminal, { approved, by, clear, unseen }: ApproverSettings): Approver {
  return {
    async ask(attempt, signal) {
      const { plan } = attempt;
      if (approved.includes(plan.id)) return { answer: 'yes', by };
      if (terminal.input.isTTY !== true || !terminal.isErrorTerminal) return { answer: 'nobody' };
      clear();
      // Nobody agrees to what went to a file, or was shown to somebody else an hour ago.
      terminal.writeError(unseen(attempt));
      const answer = await readLine(terminal, `Carry out ${plan.id} now? [y/N] `, signal);
      if (answer === undefined) return { answer: 'nobody' };
      return { answer: /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no', by };
    },
  };
}

/** Undefined: it was stopped, or the input ended. */
async function readLine(terminal: Terminal, question: string, signal: AbortSignal): Promise<string | undefined> {
  if (signal.aborted) return undefined;
  terminal.writeError(question);
  const lines = createInterface({ input: terminal.input, terminal: false });
  try {
    const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
    const stopped = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
    const line = new Promise<string>((resolve) => lines.once('line', resolve));
    return await Promise.race([line, ended, stopped]);
  } finally {
    lines.close();
  }
}
