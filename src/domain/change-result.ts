/**
 * How a change ended. done: carried out. already-so: the cluster was like that. not-done: looked up after a crash, and it
 * had not been carried out. held-back: not now (a budget, too many requests). overtaken: somebody else changed the object,
 * and it was left alone. refused: for good. unknown: no answer came and it could not be looked up.
 */
export interface ChangeResult {
  readonly state: 'done' | 'already-so' | 'not-done' | 'held-back' | 'overtaken' | 'refused' | 'unknown';
  readonly detail: string;
}
