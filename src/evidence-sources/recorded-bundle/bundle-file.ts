import type { Instant } from '../../domain/instant.ts';

/** One regular file of a bundle. Its content can be read once, while it is visited. */
export interface BundleFile {
  /** Below the bundle's root, with "/" between its steps. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Instant | undefined;
  readonly chunks: () => AsyncIterable<Buffer>;
}
export type VisitFile = (file: BundleFile) => Promise<void>;

/** What was met on the way and not read. */
export interface Walked {
  readonly state: 'walked';
  readonly files: number;
  readonly bytes: number;
  /** Symbolic and hard links. */
  readonly links: number;
  /** Devices, pipes and sockets. */
  readonly devices: number;
  /** Absolute names and names that climb out of the bundle. */
  readonly unsafeNames: number;
  /** False: an archive that stops between two files without the mark that ends one, as a copy does that was broken off there. */
  readonly hasEnd: boolean;
}
export type WalkOutcome = Walked | { readonly state: 'broken'; readonly happened: string; readonly whatToDo: string };
