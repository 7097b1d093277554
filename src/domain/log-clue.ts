import type { Citation } from './citation.ts';
import type { Instant } from './instant.ts';
import type { Replica } from './replica.ts';

/** What went wrong, whatever the language or library that says so. */
export type ClueKind =
  | 'connection-refused'
  | 'connection-timed-out'
  | 'connection-reset'
  | 'no-route'
  | 'name-not-resolved'
  | 'authentication-failed'
  | 'too-many-connections'
  | 'read-only'
  | 'certificate-invalid'
  | 'permission-denied'
  | 'out-of-memory'
  | 'missing-file'
  | 'missing-module'
  | 'missing-setting'
  | 'invalid-setting'
  /** A text that is no number, date or document; whether a setting or data, the line does not say. */
  | 'invalid-value'
  /** A process of the container was killed from outside, and the program that had started it tells so. */
  | 'child-killed'
  | 'port-in-use'
  /** The program may not listen on the port that it was told to: below 1024 that takes a right that containers seldom have. */
  | 'port-not-permitted'
  | 'no-space-left'
  | 'exec-format'
  /** Who starts the program (the runtime, or a small init process) found nothing to start, or may not start it. */
  | 'cannot-exec'
  | 'forbidden-by-api'
  | 'rate-limited'
  | 'panic'
  | 'schema-mismatch'
  | 'too-many-open-files';

export interface LogClue {
  readonly kind: ClueKind;
  readonly replica: Replica;
  readonly container: string;
  readonly isPrevious: boolean;
  /** The peer that the line names. Absent: it names none. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** The setting, file or module that the line names. Absent: it names none. */
  readonly name: string | undefined;
  /** The line, redacted, shortened. */
  readonly line: string;
  readonly at: Instant | undefined;
  /** True: among the last lines before the container ended, so likely why it ended. */
  readonly isNearEnd: boolean;
  /** How many lines of this log say the same. */
  readonly count: number;
  /**
   * The program had worked before, and since this time every replica that was listened to says so. Absent: some do not, the
   * log begins with it, or it tells no times.
   */
  readonly outbreak: Outbreak | undefined;
  readonly citation: Citation;
}

export interface Outbreak {
  readonly at: Instant;
  /** 0 to 1: how much of what the program has said since then is this complaint. */
  readonly share: number;
}
