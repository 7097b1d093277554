import { type ReactElement, useId, useMemo, useRef } from 'react';
import type { Hypothesis } from '../contract-parts.ts';
import { Disclosure } from '../pieces/disclosure.tsx';
import { useWidth } from './canvas-surroundings.ts';
import { type CascadeLayout, type CascadeRow, layOutCascade, linePixels, textX, markX } from './cascade-layout.ts';
import { CascadeInWords } from './cascade-in-words.tsx';

/** As .cascade text in drawings.css. */
const fontPixels = 15;

export function Cascade({ steps }: { readonly steps: Hypothesis['cascade'] }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const title = useId();
  const layout = useMemo(() => layOutCascade(steps, { widthPixels: width, widthOf: textWidth }), [steps, width]);
  const names = [...new Set(steps.flatMap(({ from, to }) => [from, to]))];
  return (
    <figure className="cascade">
      <figcaption>From cause to symptom</figcaption>
      <div ref={place}>
        {width === 0 ? null : (
          <svg
            viewBox={`0 0 ${width} ${layout.heightPixels}`}
            width={width}
            height={layout.heightPixels}
            role="img"
            aria-labelledby={title}
          >
            <title id={title}>{`A chain: ${names.join('; then: ')}.`}</title>
            <CascadePicture layout={layout} />
          </svg>
        )}
      </div>
      <Disclosure summary="Step by step, with evidence">{() => <CascadeInWords steps={steps} />}</Disclosure>
    </figure>
  );
}

function CascadePicture({ layout: { rows } }: { readonly layout: CascadeLayout }): ReactElement {
  return (
    <>
      {rows.map((row) => {
        const before = row.after === undefined ? undefined : rows[row.after];
        return before === undefined ? null : (
          <path
            key={`to ${row.y}`}
            className={`cascade-line${row.kind === 'side' ? ' cascade-line-side' : ''}`}
            d={lineBetween(before, row)}
          />
        );
      })}
      {rows.map((row) => (
        <g key={row.y} className={`cascade-row cascade-${row.kind}`}>
          <Mark row={row} />
          {row.lines.map((line, index) => (
            <text key={line} x={row.x + textX - markX} y={row.y + index * linePixels + fontPixels / 3}>
              {line}
            </text>
          ))}
        </g>
      ))}
    </>
  );
}

function lineBetween(before: CascadeRow, row: CascadeRow): string {
  const end = row.y - 8;
  if (before.x === row.x) return `M${before.x} ${before.y + 8}V${end}m-4-5 4 5 4-5`;
  const side = row.x - 8;
  return `M${before.x} ${before.y + 8}V${row.y - 10}q0 10 10 10H${side}m-5-4 5 4-5 4`;
}

function Mark({ row: { kind, x, y } }: { readonly row: CascadeRow }): ReactElement {
  switch (kind) {
    case 'cause':
      return <path d={`M${x} ${y - 8}l8 8-8 8-8-8z`} />;
    case 'symptom':
      return <path d={`M${x} ${y - 8}l8.500 14h-17z`} />;
    case 'link':
    case 'side':
      return <circle cx={x} cy={y} r={4.5} />;
  }
}

let canvas: CanvasRenderingContext2D | null | undefined;

function textWidth(text: string): number {
  canvas ??= document.createElement('canvas').getContext('2d');
  if (canvas === null) return text.length * fontPixels * 0.6;
  canvas.font = `${fontPixels}px ${getComputedStyle(document.body).fontFamily}`;
  return canvas.measureText(text).width;
}
