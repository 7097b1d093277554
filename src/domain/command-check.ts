import type { Subject } from './subject.ts';

export const commandCheckSchema = 'stanch.dev/command-check/v1';

/** What Stanch says about a command that somebody is about to run. Nothing of it was carried out. */
export interface CommandCheck {
  readonly schema: typeof commandCheckSchema;
  readonly command: string;
  readonly cluster: { readonly source: 'live' | 'recording' | 'bundle'; readonly name: string };
  /** no-objection: every part of it is judged by a guard rail, and none warns; it is no advice to run it. */
  readonly verdict: 'no-objection' | 'warning' | 'cannot-tell';
  readonly warnings: readonly {
    /** Id of the guard rail. */
    readonly guardRail: string;
    readonly title: string;
    readonly says: string;
    readonly seniorDoes: string;
    readonly why: string;
  }[];
  /** What could not be judged, and why. */
  readonly doubts: readonly string[];
  /** Why nothing had to be judged. Absent: something had. */
  readonly harmlessBecause?: string;
  /** The plan that may run instead, best first. Absent: nothing is to be warned of, or no plan may run. */
  readonly instead?: { readonly mitigation: string; readonly subject: Subject; readonly commands: readonly string[] };
}
