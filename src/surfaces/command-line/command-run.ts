import type { Composition } from './composition.ts';
import type { Terminal } from './terminal.ts';

export interface CommandRun {
  readonly terminal: Terminal;
  /** Loads the rest of the program, which help and mistakes do not need. */
  readonly compose: () => Promise<Composition>;
  /** Aborted with an Interruption when somebody stops the program. */
  readonly interruption: AbortSignal;
  /** Time beyond the budget in which the engine, which keeps to it by itself, writes down what it knows. */
  readonly graceSeconds: number;
}
