/** Below this, multiplying out is exact enough and as quick as the series. */
const smallest = 32;
const logTwoPi = Math.log(2 * Math.PI);

/**
 * The natural logarithm of n!, for whole n from 0. From 32 on by Stirling's series (DLMF 5.11.1), whose first left-out
 * term is below 1e-14 there.
 */
export function logFactorial(count: number): number {
  if (count < smallest) return Math.log(multiplyUp(count));
  const inverse = 1 / count;
  const square = inverse * inverse;
  const correction = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return count * Math.log(count) - count + 0.5 * (Math.log(count) + logTwoPi) + correction;
}

function multiplyUp(count: number): number {
  let product = 1;
  for (let factor = 2; factor <= count; factor += 1) product *= factor;
  return product;
}
