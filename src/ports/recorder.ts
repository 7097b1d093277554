import type { Snapshot } from '../domain/evidence.ts';
import type { EvidenceTap } from './evidence-tap.ts';

/**
 * Writes a recording of what an investigation reads. Objects are heard while they are read, redacted and put aside at
 * once; everything else comes from the snapshot at the end. Nothing appears under the recording's name before it is whole.
 */
export interface Recorder extends EvidenceTap {
  /** Ends the recording. Only kinds that the snapshot holds are kept. */
  readonly finish: (end: RecordingEnd) => Promise<WrittenRecording | RecordingFailure>;
  /** Leaves nothing behind. */
  readonly discard: () => Promise<void>;
}

export interface RecordingEnd {
  readonly snapshot: Snapshot;
  /** The page as it was handed in. Absent: nobody was paged. */
  readonly page: string | undefined;
  /** What writes it, for example "stanch 0.1.0". */
  readonly tool: string;
  /** Where it comes from, for people. Absent: not told. */
  readonly origin: string | undefined;
}

export interface WrittenRecording {
  readonly state: 'done';
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

export interface RecordingFailure {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}
