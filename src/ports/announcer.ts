import type { Investigation, PublishedMitigation, PublishedThought } from '../domain/investigation.ts';

/** Somebody who follows an investigation while it runs. Called synchronously and in order; must not throw. */
export interface Announcer {
  readonly announce: (happening: Happening) => void;
}

export type Happening =
  /** What is looked at and why, before the first look. May be left out. */
  | {
      readonly kind: 'started';
      /** RFC 3339: the "now" of the investigation. */
      readonly at: string;
      readonly cluster: Investigation['cluster'];
      /** The page in a line. Absent: nobody was paged. */
      readonly alert: { readonly name: string; readonly summary: string } | undefined;
    }
  /** What is being waited for, for example "listing pods (3 of 22)". Outdated by whatever comes next. */
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'thought'; readonly thought: PublishedThought }
  /** As soon as the blast radius allows, before the diagnosis: bleeding comes first. */
  | { readonly kind: 'mitigations'; readonly mitigations: readonly PublishedMitigation[]; readonly evidence: Investigation['evidence'] }
  | { readonly kind: 'finished'; readonly investigation: Investigation };

/** For callers that only want the result. */
export const silentAnnouncer: Announcer = { announce: () => undefined };
