import type { Weight } from '../domain/failure-mode.ts';

/**
 * The numbers behind the words. They are the share of cases in which a finding of that weight, alone and unopposed, was
 * the labelled cause on the recordings, their variations and cases written by hand, less a little for what none of them
 * shows: of 1,700 strong ones 97.6 % were right, of 2,500 conclusive ones 99.7 %. `npm run evaluate` prints how well they hold.
 * Two that are equally likely take so much from one another that neither is an answer.
 */
export const probabilityOf: { readonly [Of in Weight]: number } = {
  conclusive: 0.97,
  strong: 0.92,
  likely: 0.65,
  suggestive: 0.45,
  weak: 0.25,
};

/** A symptom without a visible cause is true but explains nothing: it must never look like an answer. */
export const symptomCeiling = 0.3;

/** What a rival for the same replicas takes away from a finding at least as strong as itself. */
export const rivalShare = 0.25;

/** What is left of a weaker rival: a share of what the stronger one does not claim. */
export const loserShare = 0.6;

/** What is left of a cause that would hit all replicas alike, where only those on one side of an axis fail. */
export const wrongAxisShare = 0.5;

/** From here on an answer is given rather than "cannot tell". */
export const answerThreshold = 0.5;
