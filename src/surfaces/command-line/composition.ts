import type { RoleWish } from '../../domain/ability.ts';
import type { CommandCheck } from '../../domain/command-check.ts';
import type { AnyFailureMode } from '../../domain/failure-mode.ts';
import type { Investigation } from '../../domain/investigation.ts';
import type { PolicyComposition } from './policy-composition.ts';
import type { ActingComposition } from './acting-composition.ts';
import type { ServingComposition } from './serving-composition.ts';
import type { Announcer, Failure, SourceOptions } from './looking.ts';

/** What the command line needs from the rest of the program. compose.ts has it; tests hand in their own. */
export interface Composition extends PolicyComposition {
  readonly runInvestigation: (options: InvestigationOptions, announcer: Announcer, signal: AbortSignal) => Promise<Investigated | Failure>;
  readonly runRecording: (options: RecordingOptions, announcer: Announcer, signal: AbortSignal) => Promise<Recorded | Failure>;
  /** Judges a command by the cluster as it is. Nothing of it is run. */
  readonly runCheck: (options: SourceOptions, checked: string, announcer: Announcer, signal: AbortSignal) => Promise<Checked | Failure>;
  /** The incident that comes with the program. */
  readonly demonstration: () => Pick<InvestigationOptions, 'alert' | 'recording'>;
  /** ClusterRoles in YAML, generated from what the rules make use of and the mitigations change. */
  readonly permissions: (wish: RoleWish) => { readonly state: 'written'; readonly text: string } | Failure;
  readonly catalogue: readonly AnyFailureMode[];
  /** Loads what can change a cluster, which most commands do not need. */
  readonly openActing: () => Promise<ActingComposition>;
  /** Loads the server. */
  readonly openServing: () => Promise<ServingComposition>;
}

export interface InvestigationOptions extends SourceOptions {
  /** Where to write a recording of everything that was read. */
  readonly record?: string;
}

export interface RecordingOptions extends SourceOptions {
  readonly record: string;
}

export interface Investigated {
  readonly state: 'done';
  readonly investigation: Investigation;
}

export interface Checked {
  readonly state: 'done';
  readonly check: CommandCheck;
}

export interface Recorded {
  readonly state: 'done';
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}
