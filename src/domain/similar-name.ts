/** Longer differences than these are other words, not slips. */
const mostEdits = 2;

/** True where one name is probably meant for the other: a slip of at most two characters, or one name inside the other at a word's border. */
export function isSimilarName(left: string, right: string): boolean {
  if (left === right) return true;
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  if (short.length < 2) return false;
  if (`-${long}-`.includes(`-${short}-`) || long.replaceAll('-', '') === short.replaceAll('-', '')) return true;
  // In a short name two changed characters make another word.
  const allowed = short.length >= 5 ? mostEdits : 1;
  return long.length - short.length <= allowed && editDistance(short, long) <= allowed;
}

/** The candidate that is most alike. Undefined: none is similar. */
export function mostSimilar(name: string, candidates: readonly string[]): string | undefined {
  const similar = candidates.filter((each) => isSimilarName(name, each));
  return similar.toSorted((left, right) => editDistance(name, left) - editDistance(name, right) || left.localeCompare(right))[0];
}

/** Characters to insert, delete, replace or swap with their neighbour. Names longer than Kubernetes allows are cut. */
export function editDistance(left: string, right: string): number {
  const rows = left.slice(0, 253);
  const columns = right.slice(0, 253);
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: columns.length + 1 }, (_, index) => index);
  for (let row = 1; row <= rows.length; row += 1) {
    const current: number[] = [row];
    for (let column = 1; column <= columns.length; column += 1) {
      const cost = rows[row - 1] === columns[column - 1] ? 0 : 1;
      const isSwap = row > 1 && column > 1 && rows[row - 1] === columns[column - 2] && rows[row - 2] === columns[column - 1];
      const swapped = isSwap ? (beforePrevious[column - 2] ?? Infinity) + 1 : Infinity;
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + cost, swapped));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[columns.length] ?? 0;
}
