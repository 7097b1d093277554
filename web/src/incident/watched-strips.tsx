import type { ReactElement, ReactNode } from 'react';
import type { WatchedView } from '../../../src/surfaces/http/contract.ts';
import { stretchesOf } from './stretches.ts';

/*
 * One column per look, as wide as there is room. What could not be seen is hatched: it is neither good nor nothing.
 */

interface Watched {
  readonly watched: readonly WatchedView[];
}

const high = 40;

function Columns({ count, children }: { readonly count: number; readonly children: ReactNode }): ReactElement {
  return (
    <svg className="columns" viewBox={`0 0 ${count} ${high}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

function Column({
  at,
  from,
  to,
  className,
}: {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly className: string;
}): ReactElement {
  return <rect className={className} x={at + 0.06} width={0.88} y={high - to} height={Math.max(0, to - from)} />;
}

function Unseen({ at }: { readonly at: number }): ReactElement {
  return (
    <>
      <rect className="unseen" x={at + 0.06} width={0.88} y={0.5} height={high - 1} />
      <path className="unseen-stroke" d={`M${at + 0.06} ${high - 1}L${at + 0.94} 1`} />
    </>
  );
}

/** Failing above healthy, in the proportion that they have. */
export function ReplicaStrip({ watched }: Watched): ReactElement {
  const most = Math.max(1, ...watched.map(({ failingReplicas = 0, healthyReplicas = 0 }) => failingReplicas + healthyReplicas));
  return (
    <Columns count={watched.length}>
      {watched.map(({ at, failingReplicas, healthyReplicas }, index) => {
        if (failingReplicas === undefined || healthyReplicas === undefined) return <Unseen key={at} at={index} />;
        const healthyTo = (healthyReplicas / most) * high;
        const failingTo = healthyTo + (failingReplicas / most) * high;
        return (
          <g key={at}>
            <Column at={index} from={0} to={healthyTo} className="column-good" />
            <Column at={index} from={healthyTo + (failingReplicas > 0 ? 1.5 : 0)} to={failingTo} className="column-bad" />
          </g>
        );
      })}
    </Columns>
  );
}

export function MeasureStrip({ watched, threshold }: Watched & { readonly threshold: number | undefined }): ReactElement {
  const top = Math.max(...watched.map(({ measured = 0 }) => measured), (threshold ?? 0) * 1.3, Number.MIN_VALUE);
  const yOf = (value: number): number => high - 2 - (value / top) * (high - 4);
  const stretches = stretchesOf(watched.map(({ measured }) => measured));
  return (
    <Columns count={watched.length}>
      {watched.map(({ at, measured }, index) => (measured === undefined ? <Unseen key={at} at={index} /> : null))}
      {threshold === undefined ? null : <path className="threshold" d={`M0 ${yOf(threshold)}H${watched.length}`} />}
      {stretches.map(({ start, values }) => (
        <path
          key={start}
          className="measure"
          d={`M${values.map((value, index) => `${start + index + 0.5} ${yOf(value)}`).join('L')}${values.length === 1 ? 'h.4' : ''}`}
        />
      ))}
    </Columns>
  );
}

const heights = { firing: high, pending: high / 2, quiet: 4 } as const;
const classes = { firing: 'column-bad', pending: 'column-doubtful', quiet: 'column-good' } as const;

export function AlertStrip({ watched }: Watched): ReactElement {
  return (
    <Columns count={watched.length}>
      {watched.map(({ alert, at }, index) =>
        alert === undefined ? (
          <Unseen key={at} at={index} />
        ) : (
          <Column key={at} at={index} from={0} to={heights[alert]} className={classes[alert]} />
        ),
      )}
    </Columns>
  );
}
