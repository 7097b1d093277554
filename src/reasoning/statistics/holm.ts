/**
 * Holm's step-down correction for having asked several questions at once: each answer in the place of its p-value.
 * Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6 (1979).
 */
export function adjustByHolm(pValues: readonly number[]): readonly number[] {
  const fromSmallest = pValues.map((pValue, place) => ({ pValue, place })).toSorted((left, right) => left.pValue - right.pValue);
  const adjusted = pValues.map(() => 1);
  let largestSoFar = 0;
  for (const [rank, { pValue, place }] of fromSmallest.entries()) {
    largestSoFar = Math.max(largestSoFar, Math.min(1, pValue * (pValues.length - rank)));
    adjusted[place] = largestSoFar;
  }
  return adjusted;
}
