import { createInterface } from 'node:readline';
import type { Attempt } from '../../domain/incident.ts';
import { type Subject, subjectKey } from '../../domain/subject.ts';
import type { Approver } from '../../engine/act/acting.ts';
import type { Terminal } from './terminal.ts';

export interface ApproverSettings {
  /** Ids of mitigations that were agreed to on the command line beforehand: each time that one is named, to one plan. */
  readonly approved: readonly string[];
  /** True: what was agreed to beforehand may also destroy evidence that could not be saved. */
  readonly isWithoutEvidence: boolean;
  /** Who sits there, for the record. */
  readonly by: string;
  /** Takes the progress line away before a question is written. */
  readonly clear: () => void;
  /** The plan in words, for whoever is asked. Empty: it was shown on this terminal. */
  readonly unseen: (attempt: Attempt) => string;
  /** What it destroys although it could not be saved, in words. Empty: nothing, as far as is known. */
  readonly loss: (attempt: Attempt) => string;
}

/** Asks on the terminal. Where nobody sits at one, nobody is taken to have agreed. */
export function terminalApprover(terminal: Terminal, settings: ApproverSettings): Approver {
  const { by, clear, unseen, loss, isWithoutEvidence } = settings;
  const isAgreed = agreedBeforehand(settings.approved);
  return {
    async ask(attempt, signal) {
      const { plan } = attempt;
      const lost = loss(attempt);
      if (isAgreed(plan) && (lost === '' || isWithoutEvidence)) return { answer: 'yes', by };
      if (terminal.input.isTTY !== true || !terminal.isErrorTerminal) return { answer: 'nobody' };
      const answer = await askAt(terminal, {
        before: () => {
          clear();
          // Nobody agrees to what went to a file, or was shown to somebody else an hour ago.
          terminal.writeError(unseen(attempt) + lost);
        },
        question: `Carry out ${plan.id} now${lost === '' ? '' : ' all the same'}? [y/N] `,
        signal,
      });
      if (answer === undefined) return { answer: 'nobody' };
      return { answer: /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no', by };
    },
  };
}

interface Asking {
  readonly before: () => void;
  readonly question: string;
  readonly signal: AbortSignal;
}

/** Undefined: it was stopped, or the input ended or failed, as that of a terminal that was closed does. */
async function askAt(terminal: Terminal, { before, question, signal }: Asking): Promise<string | undefined> {
  const { input } = terminal;
  // Without somebody who hears of it, a failed input would end the program.
  const ignore = (): void => undefined;
  input.on('error', ignore);
  try {
    const isStopped = await forgetTypedAhead(input);
    if (isStopped || signal.aborted || input.readableEnded || input.destroyed) return undefined;
    before();
    terminal.writeError(question);
    return await readLine(input, signal);
  } finally {
    input.off('error', ignore);
  }
}

interface Planned {
  readonly id: string;
  readonly subject: Subject;
}

/** The first plan of an id that is asked about is the one that was meant; it stays so when it is worked out anew. */
function agreedBeforehand(approved: readonly string[]): (plan: Planned) => boolean {
  const taken = new Map<string, Set<string>>();
  return ({ id, subject }) => {
    const subjects = taken.get(id) ?? new Set();
    const isAgreed = subjects.has(subjectKey(subject)) || subjects.size < approved.filter((each) => each === id).length;
    if (isAgreed) taken.set(id, subjects.add(subjectKey(subject)));
    return isAgreed;
  };
}

const controlC = '\u0003';

/**
 * Keys that were pressed before a question was shown are no answer to it. In its usual mode a terminal keeps a line to itself
 * until it is ended; in raw mode it hands over every key. True: one of them was meant to stop the program.
 */
async function forgetTypedAhead(input: Terminal['input']): Promise<boolean> {
  let forgotten = '';
  let isSilent = false;
  const forget = (chunk: Buffer | string): void => {
    forgotten += chunk.toString();
    isSilent = false;
  };
  input.setRawMode?.(true);
  // After an earlier question it stands still, and somebody who listens alone does not wake it.
  input.on('data', forget).resume();
  try {
    while (!isSilent) {
      isSilent = true;
      // What was typed is there already: it comes with the next turn of the loop that looks for it.
      await nextTurn();
      await nextTurn();
    }
  } finally {
    input.off('data', forget);
    input.pause();
    input.setRawMode?.(false);
  }
  return forgotten.includes(controlC);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function readLine(input: Terminal['input'], signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input, terminal: false });
  try {
    return await new Promise<string | undefined>((resolve) => {
      const give = (): void => resolve(undefined);
      lines.once('line', resolve).once('close', give).on('error', give);
      signal.addEventListener('abort', give, { once: true });
    });
  } finally {
    lines.close();
  }
}
