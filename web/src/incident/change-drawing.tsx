import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { measureWords, thresholdWords } from '../words/measure-words.ts';
import { clockTime } from '../words/time-words.ts';
import { usePaint, useWidth } from './canvas-surroundings.ts';
import { drawingOf } from './change-drawing-marks.ts';
import { type Drawn, nearSpan, sampleAt, wholeSpan, withGaps } from './drawing-span.ts';

/** The alert's measure over time, with the onset and the changes. The list below the drawing says the same in words. */
export function ChangeDrawing(drawn: Drawn): ReactElement {
  const { changes, measured, onset, seenUntil } = drawn;
  const [isWhole, setWhole] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const paint = usePaint();
  const span = useMemo(() => {
    const all: Drawn = { changes, measured, onset, seenUntil };
    return isWhole ? wholeSpan(all) : nearSpan(all);
  }, [changes, measured, onset, seenUntil, isWhole]);

  useEffect(() => {
    if (place.current === null || width === 0) return undefined;
    const { times, values } = withGaps(measured?.samples ?? []);
    const data: UPlot.AlignedData =
      times.length === 0
        ? [
            [span.from / 1000, span.to / 1000],
            [null, null],
          ]
        : [[...times], [...values]];
    const plot = new UPlot(drawingOf({ changes, measured, onset, span, width, paint }), data, place.current);
    return () => plot.destroy();
  }, [changes, measured, onset, span, width, paint]);

  return (
    <figure className="drawing">
      <div
        ref={place}
        className={`drawing-place${measured === undefined ? ' drawing-place-low' : ''}`}
        role="img"
        aria-label={spokenDrawing(drawn)}
      />
      <figcaption>
        {measured === undefined ? (
          'What the alert measures was not to be seen; these are the changes and the onset.'
        ) : (
          <MeasureCaption drawn={drawn} />
        )}
        <button type="button" className="button button-plain" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Only around the onset' : 'All that was read'}
        </button>
      </figcaption>
    </figure>
  );
}

function MeasureCaption({ drawn: { measured } }: { readonly drawn: Drawn }): ReactElement | null {
  if (measured === undefined) return null;
  return (
    <details className="disclosure">
      <summary>What the alert measures, {thresholdWords(measured) ?? 'without a threshold'}</summary>
      <code className="expression">{measured.expression}</code>
    </details>
  );
}

function spokenDrawing({ changes, measured, onset }: Drawn): string {
  const considered = changes.filter(({ number }) => number !== undefined).length;
  const marks = `${onset === undefined ? 'No onset is known.' : `The onset is at ${clockTime(onset)} UTC.`} ${considered} of ${changes.length} changes are numbered; the list below tells them.`;
  const last = measured?.samples.at(-1);
  if (measured === undefined || last === undefined) return marks;
  const before = onset === undefined ? undefined : sampleAt(measured.samples, Date.parse(onset));
  const course = `The alert's measure ${before === undefined ? '' : `stood at ${measureWords(before, measured.unit)} at the onset and `}is ${measureWords(last[1], measured.unit)} at ${clockTime(last[0])} UTC; ${thresholdWords(measured) ?? 'no threshold is known'}.`;
  return `${course} ${marks}`;
}
