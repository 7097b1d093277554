import { logFactorial } from './log-factorial.ts';

/** From this size of the smaller sample on, the normal approximation is within a tenth of the exact probability in the tails we use. */
const smallSample = 10;
/** Keeps one exact answer under about a tenth of a second. */
const mostSteps = 20_000_000;

/**
 * The probability, both sides together, that two samples drawn from one distribution would be ranked as unequally as this.
 * `wins`: the pairs, one of each sample, in which the first sample's value is the larger one; a tie counts half.
 * Mann and Whitney, Annals of Mathematical Statistics 18 (1947). Ties make the answer larger than it need be, never smaller.
 */
export function mannWhitneyTwoSided(wins: number, firstSize: number, secondSize: number): number {
  const fewer = Math.min(firstSize, secondSize);
  const more = Math.max(firstSize, secondSize);
  if (fewer === 0) return 1;
  const rarer = Math.ceil(Math.min(wins, firstSize * secondSize - wins));
  const isCountable = fewer < smallSample && fewer * more * (rarer + 1) <= mostSteps;
  return Math.min(1, 2 * (isCountable ? exactTail(rarer, fewer, more) : normalTail(rarer, fewer, more)));
}

/**
 * Counts the arrangements with at most that many wins. Taking away the largest value of all leaves either one fewer of the
 * first sample, which had won against all of the second, or one fewer of the second.
 */
function exactTail(wins: number, fewer: number, more: number): number {
  let counts: readonly Float64Array[] = Array.from({ length: fewer + 1 }, () => onlyZeroWins(wins));
  for (let second = 1; second <= more; second += 1) {
    const grown: Float64Array[] = [onlyZeroWins(wins)];
    for (let first = 1; first <= fewer; first += 1) grown.push(sumOf(counts[first], grown[first - 1], second));
    counts = grown;
  }
  const atMost = (counts[fewer] ?? new Float64Array()).reduce((sum, count) => sum + count, 0);
  const logArrangements = logFactorial(fewer + more) - logFactorial(fewer) - logFactorial(more);
  return Math.exp(Math.log(atMost) - logArrangements);
}

function onlyZeroWins(wins: number): Float64Array {
  const counts = new Float64Array(wins + 1);
  counts[0] = 1;
  return counts;
}

function sumOf(fewerOfSecond: Float64Array | undefined, fewerOfFirst: Float64Array | undefined, second: number): Float64Array {
  const sum = new Float64Array(fewerOfSecond ?? []);
  for (let wins = second; wins < sum.length; wins += 1) sum[wins] = (sum[wins] ?? 0) + (fewerOfFirst?.[wins - second] ?? 0);
  return sum;
}

function normalTail(wins: number, fewer: number, more: number): number {
  const pairs = fewer * more;
  const deviation = Math.sqrt((pairs * (fewer + more + 1)) / 12);
  return standardNormalTail((pairs / 2 - wins - 0.5) / deviation);
}

/**
 * The probability that a standard normal variable exceeds this. Abramowitz and Stegun, Handbook of Mathematical Functions,
 * 26.2.17: absolute error below 7.5e-8; beyond 5 the asymptotic series 26.2.12, where that error would be larger than the value.
 */
export function standardNormalTail(deviations: number): number {
  if (deviations < 0) return 1 - standardNormalTail(-deviations);
  const density = Math.exp((-deviations * deviations) / 2) / Math.sqrt(2 * Math.PI);
  if (deviations > 5) {
    const square = 1 / (deviations * deviations);
    return (density / deviations) * (1 - square * (1 - square * (3 - square * 15)));
  }
  const t = 1 / (1 + 0.231_641_9 * deviations);
  const coefficients = [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_53];
  return density * coefficients.reduce((sum, coefficient) => (sum + coefficient) * t, 0);
}
