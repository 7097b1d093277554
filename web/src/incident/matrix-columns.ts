import type { Axis, Matrix, Replica } from '../contract-parts.ts';

export interface Column {
  readonly axis: string;
  /** Where its values stand in a row. */
  readonly index: number;
  /** Absent: it was not measured. */
  readonly measured: Axis | undefined;
  readonly isLeading: boolean;
}

export interface Columns {
  /** Axes on which the replicas differ, the most telling first. */
  readonly shown: readonly Column[];
  /** Axes on which all of them are the same, with the value. */
  readonly same: readonly { readonly axis: string; readonly value: string }[];
  /** Axes of which nothing is known for some, and one value for the rest. */
  readonly unknown: readonly string[];
}

/** The axis to act on. Undefined: none separates, so far as can be told. */
export function leadingAxis(matrix: Matrix, axes: readonly Axis[]): Axis | undefined {
  return axes.find(({ axis, verdict }) => axis === matrix.axes[0] && (verdict === 'separates' || verdict === 'suggestive'));
}

export function columnsOf(matrix: Matrix, axes: readonly Axis[]): Columns {
  const leading = leadingAxis(matrix, axes);
  const columns = matrix.axes.map((axis, index): Column & { readonly values: ReadonlySet<string | null> } => ({
    axis,
    index,
    measured: axes.find((each) => each.axis === axis),
    isLeading: axis === leading?.axis,
    values: new Set(matrix.rows.map((row) => row.values[index] ?? null)),
  }));
  const known = (values: ReadonlySet<string | null>): readonly string[] => [...values].filter((value) => value !== null);
  return {
    shown: columns.filter(({ isLeading, values }) => isLeading || known(values).length > 1).map(({ values: _values, ...column }) => column),
    same: columns.flatMap(({ axis, isLeading, values }) => {
      const [only] = known(values);
      return !isLeading && values.size === 1 && only !== undefined ? [{ axis, value: only }] : [];
    }),
    unknown: columns.filter(({ isLeading, values }) => !isLeading && values.size === 2 && values.has(null)).map(({ axis }) => axis),
  };
}

/** More than this is not seen at a glance; without some that do not fail nothing is told apart. */
const mostRows = 14;
const leastOthers = 6;

export function rowsAtAGlance(rows: readonly Replica[]): readonly Replica[] {
  const failing = rows.filter(({ health }) => health === 'failing');
  const others = rows.filter(({ health }) => health !== 'failing');
  const shown = failing.slice(0, Math.max(mostRows - others.length, mostRows - leastOthers));
  return [...shown, ...others.slice(0, mostRows - shown.length)];
}
