import { type ReactElement, useState } from 'react';
import type { Axis, Matrix, Replica } from '../contract-parts.ts';
import { Disclosure } from '../pieces/disclosure.tsx';
import { Glyph } from '../pieces/glyph.tsx';
import { probabilityWords } from '../words/measure-words.ts';
import { axisVerdicts, healths } from '../words/state-words.ts';
import { shortPodName, subjectWords } from '../words/subject-words.ts';
import { type Column, type Columns, columnsOf, rowsAtAGlance } from './matrix-columns.ts';

interface MatrixAtHand {
  readonly matrix: Matrix;
  readonly axes: readonly Axis[];
}

/** Replicas × axes. A cell is marked where it has the value that the failing replicas have in common. */
export function BlastMatrix({ matrix, axes }: MatrixAtHand): ReactElement {
  const [isWhole, setWhole] = useState(false);
  const columns = columnsOf(matrix, axes);
  const rows = isWhole ? matrix.rows : rowsAtAGlance(matrix.rows);
  const workloads = new Set(matrix.rows.map((row) => subjectWords(row.workload)));
  return (
    <>
      <div className="table-scroll" role="region" aria-label="Replicas and what they differ in" tabIndex={0}>
        <table className="matrix">
          <caption className="for-ears">
            Replicas, failing first, and their value on each axis on which they differ. Marked: the value that most failing replicas have.
          </caption>
          <thead>
            <tr>
              <th scope="col">Replica</th>
              {columns.shown.map((column) => (
                <AxisHead key={column.axis} column={column} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <MatrixRow key={`${row.namespace}/${row.pod}`} row={row} columns={columns.shown} isAmongStrangers={workloads.size > 1} />
            ))}
          </tbody>
          <Footer columns={columns.shown} />
        </table>
      </div>
      {rows.length === matrix.rows.length ? null : (
        <button type="button" className="button button-plain" onClick={() => setWhole(true)}>
          Show all {matrix.rows.length} replicas
        </button>
      )}
      {matrix.more === undefined ? null : <p className="quiet">And {matrix.more} more replicas, which are counted but not listed.</p>}
      <TheSame columns={columns} />
    </>
  );
}

function AxisHead({ column: { axis, isLeading, measured } }: { readonly column: Column }): ReactElement {
  const verdict = measured === undefined ? undefined : axisVerdicts[measured.verdict];
  return (
    <th scope="col" className={isLeading ? 'is-leading' : undefined}>
      {axis}
      {verdict === undefined ? null : (
        <span className={`axis-verdict tone-${isLeading ? 'bad' : 'neutral'}`}>
          {isLeading ? <Glyph tone={verdict.tone} /> : null} {verdict.words}
        </span>
      )}
    </th>
  );
}

interface Row {
  readonly row: Replica;
  readonly columns: readonly Column[];
  readonly isAmongStrangers: boolean;
}

function MatrixRow({ row, columns, isAmongStrangers }: Row): ReactElement {
  const { tone, words } = healths[row.health];
  return (
    <tr className={`row-${row.health}`}>
      <th scope="row">
        <div className="replica">
          <Glyph tone={tone} />
          <div>
            <span className="replica-name" title={row.pod}>
              {isAmongStrangers ? row.pod : shortPodName(row)}
            </span>
            <span className={`replica-health${row.trouble === undefined ? '' : ' has-trouble'}`}>
              {words}
              {row.trouble === undefined ? '' : `: ${row.trouble}`}
            </span>
            {isAmongStrangers ? <span className="replica-health">{subjectWords(row.workload)}</span> : null}
          </div>
        </div>
      </th>
      {columns.map((column) => (
        <Cell key={column.axis} column={column} value={row.values[column.index] ?? null} />
      ))}
    </tr>
  );
}

function Cell({ column, value }: { readonly column: Column; readonly value: string | null }): ReactElement {
  const { isLeading, measured } = column;
  const isMarked =
    value !== null && measured !== undefined && (isLeading || measured.verdict !== 'cannot-tell') && value === measured.value;
  return (
    <td className={`${isLeading ? 'is-leading' : ''}${isMarked ? ' is-marked' : ''}`}>
      {value === null ? (
        <span className="tone-doubtful">not told</span>
      ) : (
        <span className="cell-value" title={value}>
          {value}
        </span>
      )}
      {isMarked ? <span className="for-ears"> (as most failing)</span> : null}
    </td>
  );
}

function Footer({ columns }: { readonly columns: readonly Column[] }): ReactElement {
  const line = (head: string, of: (axis: Axis) => string): ReactElement => (
    <tr>
      <th scope="row">{head}</th>
      {columns.map(({ axis, isLeading, measured }) => (
        <td key={axis} className={isLeading ? 'is-leading' : undefined}>
          {measured === undefined ? '' : of(measured)}
        </td>
      ))}
    </tr>
  );
  return (
    <tfoot>
      {line('failing with it', (axis) => `${axis.failingWith} of ${axis.failingWith + axis.failingWithout}`)}
      {line('healthy with it', (axis) => `${axis.healthyWith} of ${axis.healthyWith + axis.healthyWithout}`)}
      {line('p, corrected', (axis) => `${probabilityWords(axis.pValue)}, ${probabilityWords(axis.adjustedPValue)}`)}
    </tfoot>
  );
}

function TheSame({ columns: { same, unknown } }: { readonly columns: Columns }): ReactElement | null {
  if (same.length + unknown.length === 0) return null;
  return (
    <Disclosure summary={`The same for all: ${same.map(({ axis }) => axis).join(', ')}`} className="the-same">
      {() => (
        <dl className="same-values">
          {same.map(({ axis, value }) => (
            <div key={axis}>
              <dt>{axis}</dt>
              <dd>{value}</dd>
            </div>
          ))}
          {unknown.length === 0 ? null : (
            <div>
              <dt>not told for all</dt>
              <dd>{unknown.join(', ')}</dd>
            </div>
          )}
        </dl>
      )}
    </Disclosure>
  );
}
