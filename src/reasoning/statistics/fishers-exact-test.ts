import { logFactorial } from './log-factorial.ts';

/** How often something goes together with failing. Counts are whole and not negative. */
export interface SplitCounts {
  readonly failingWith: number;
  readonly failingWithout: number;
  readonly healthyWith: number;
  readonly healthyWithout: number;
}

/**
 * The probability that chance alone would put at least this many of the failing on the "with" side, both margins held:
 * Fisher's exact test, one-sided towards "failing goes with it". Fisher, The Design of Experiments (1935), chapter 2.
 * An empty margin tells nothing, so its answer is 1.
 */
export function fisherOneSided({ failingWith, failingWithout, healthyWith, healthyWithout }: SplitCounts): number {
  const failing = failingWith + failingWithout;
  const withIt = failingWith + healthyWith;
  const all = failing + healthyWith + healthyWithout;
  const least = Math.max(0, failing + withIt - all);
  const most = Math.min(failing, withIt);
  const margins = { failing, withIt, all };
  if (failingWith <= least) return 1;
  // Terms fall away from the likeliest count, so the tail is summed on the side where it starts with its largest term:
  // a first term that underflows then means that the whole sum does.
  const likeliest = ((failing + 1) * (withIt + 1)) / (all + 2);
  const tail = failingWith > likeliest ? sumUpwards(failingWith, most, margins) : 1 - sumDownwards(failingWith - 1, least, margins);
  return Math.min(1, Math.max(0, tail));
}

interface Margins {
  readonly failing: number;
  readonly withIt: number;
  readonly all: number;
}

/** The hypergeometric probability of exactly this many failing on the "with" side. */
function probabilityOf(count: number, { failing, withIt, all }: Margins): number {
  return Math.exp(logChoose(withIt, count) + logChoose(all - withIt, failing - count) - logChoose(all, failing));
}

function sumUpwards(from: number, most: number, margins: Margins): number {
  const { failing, withIt, all } = margins;
  let term = probabilityOf(from, margins);
  let sum = term;
  for (let count = from; count < most; count += 1) {
    term *= ((failing - count) * (withIt - count)) / ((count + 1) * (all - failing - withIt + count + 1));
    sum += term;
  }
  return sum;
}

function sumDownwards(from: number, least: number, margins: Margins): number {
  const { failing, withIt, all } = margins;
  let term = probabilityOf(from, margins);
  let sum = term;
  for (let count = from; count > least; count -= 1) {
    term *= (count * (all - failing - withIt + count)) / ((failing - count + 1) * (withIt - count + 1));
    sum += term;
  }
  return sum;
}

function logChoose(of: number, take: number): number {
  return logFactorial(of) - logFactorial(take) - logFactorial(of - take);
}
