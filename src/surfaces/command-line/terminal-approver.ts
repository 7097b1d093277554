import { createInterface } from 'node:readline';
import type { Approver } from '../../engine/act/acting.ts';
import type { Terminal } from './terminal.ts';

export interface ApproverSettings {
  /** Ids of mitigations that were approved on the command line, by name and beforehand. */
  readonly approved: readonly string[];
  /** Who sits there, for the record. */
  readonly by: string;
  /** Takes the progress line away before a question is written. */
  readonly clear: () => void;
}

/** Asks on the terminal. Where nobody sits at one, nobody is taken to have agreed. */
export function terminalApprover(terminal: Terminal, { approved, by, clear }: ApproverSettings): Approver {
  return {
    async ask({ plan }, signal) {
      if (approved.includes(plan.id)) return { answer: 'yes', by };
      if (terminal.input.isTTY !== true || !terminal.isErrorTerminal) return { answer: 'nobody' };
      clear();
      const answer = await readLine(terminal, `Carry out ${plan.id} now? [y/N] `, signal);
      if (answer === undefined) return { answer: 'nobody' };
      return { answer: /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no', by };
    },
  };
}

/** Undefined: it was stopped, or the input ended. */
async function readLine(terminal: Terminal, question: string, signal: AbortSignal): Promise<string | undefined> {
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
