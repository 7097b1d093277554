import UPlot from 'uplot';
import type { Series } from '../contract-parts.ts';
import { measureWords } from '../words/measure-words.ts';
import { clockTime } from '../words/time-words.ts';
import type { Paint } from './canvas-surroundings.ts';
import type { Span } from './drawing-span.ts';
import type { NumberedChange } from './numbered-changes.ts';

export interface ToDraw {
  readonly changes: readonly NumberedChange[];
  readonly measured: Series | undefined;
  readonly onset: string | undefined;
  readonly span: Span;
  readonly width: number;
  readonly paint: Paint;
}

const heightPixels = 230;
const heightWithoutMeasurePixels = 120;
/** Room below the curve in which changes are marked. */
const lanePixels = 44;

export function drawingOf(toDraw: ToDraw): UPlot.Options {
  const { measured, paint, span, width } = toDraw;
  const font = `12px ${paint.family}`;
  const axis = { stroke: paint.quiet, font, grid: { stroke: paint.line, width: 1 }, ticks: { show: false } };
  return {
    width,
    height: measured === undefined ? heightWithoutMeasurePixels : heightPixels,
    padding: [18, 14, 0, 0],
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: () => [span.from / 1000, span.to / 1000] },
      y: { range: (_plot, _low, high) => rangeOf(high, measured) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 70,
        size: 28,
        values: (_plot, ticks) => ticks.map((tick) => clockTime(new Date(tick * 1000).toISOString()).slice(0, 5)),
      },
      {
        ...axis,
        show: measured !== undefined,
        size: 52,
        splits: (_plot, _axis, low, high) => splitsOf(low, high),
        values: (_plot, ticks) => ticks.map((tick) => (tick < 0 ? '' : measureWords(tick, measured?.unit))),
      },
    ],
    series: [{}, { stroke: paint.text, width: 1.75, spanGaps: false, points: { show: false } }],
    hooks: { draw: [(plot) => drawMarks(plot, toDraw)] },
  };
}

/** Below zero lies the lane of the changes. */
function rangeOf(high: number | null, measured: Series | undefined): [number, number] {
  const top = Math.max(high ?? 0, (measured?.threshold ?? 0) * 1.4, Number.MIN_VALUE) * 1.08;
  const share = measured === undefined ? 0.9 : lanePixels / (heightPixels - 46);
  return [(-top * share) / (1 - share), top];
}

function splitsOf(_low: number, high: number): number[] {
  const rough = high / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, index) => index * step);
}

function drawMarks(plot: UPlot, { changes, measured, onset, paint }: ToDraw): void {
  const { bbox } = plot;
  const canvas = plot.root.querySelector('canvas')?.getContext('2d');
  if (canvas === null || canvas === undefined) return;
  const scale = devicePixelRatio;
  const [left, right] = [bbox.left, bbox.left + bbox.width];
  const zero = plot.valToPos(0, 'y', true);
  canvas.save();
  canvas.font = `${12 * scale}px ${paint.family}`;
  canvas.textBaseline = 'middle';
  canvas.lineWidth = scale;
  if (measured?.threshold !== undefined)
    drawThreshold({ canvas, paint, scale, left, right, y: plot.valToPos(measured.threshold, 'y', true) });
  if (onset !== undefined)
    drawOnset({
      canvas,
      paint,
      scale,
      x: plot.valToPos(Date.parse(onset) / 1000, 'x', true),
      top: bbox.top,
      bottom: bbox.top + bbox.height,
      right,
      words: `onset ${clockTime(onset)}`,
    });
  let lastX = Number.NEGATIVE_INFINITY;
  let lane = 0;
  for (const { change, number } of changes) {
    const x = plot.valToPos(Date.parse(change.at) / 1000, 'x', true);
    if (x < left - scale || x > right + scale) continue;
    if (number === undefined) {
      drawTick({ canvas, paint, scale, x, y: zero + 7 * scale });
      continue;
    }
    lane = x - lastX < 20 * scale ? (lane + 1) % 2 : 0;
    lastX = x;
    drawChange({
      canvas,
      paint,
      scale,
      x,
      y: zero + (14 + lane * 20) * scale,
      number,
      isSuspect: change.standing === 'suspect',
      top: zero,
    });
  }
  canvas.restore();
}

interface Stroke {
  readonly canvas: CanvasRenderingContext2D;
  readonly paint: Paint;
  readonly scale: number;
}

function drawThreshold({
  canvas,
  paint,
  scale,
  left,
  right,
  y,
}: Stroke & { readonly left: number; readonly right: number; readonly y: number }): void {
  canvas.strokeStyle = paint.doubt;
  canvas.setLineDash([2 * scale, 4 * scale]);
  canvas.beginPath();
  canvas.moveTo(left, y);
  canvas.lineTo(right, y);
  canvas.stroke();
  canvas.setLineDash([]);
  const words = 'alert';
  const width = canvas.measureText(words).width;
  canvas.fillStyle = paint.ground;
  canvas.fillRect(left, y - 16 * scale, width + 8 * scale, 15 * scale);
  canvas.fillStyle = paint.doubt;
  canvas.textAlign = 'left';
  canvas.fillText(words, left + 4 * scale, y - 8 * scale);
}

interface OnsetStroke extends Stroke {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly right: number;
  readonly words: string;
}

function drawOnset({ canvas, paint, scale, x, top, bottom, right, words }: OnsetStroke): void {
  canvas.strokeStyle = paint.bad;
  canvas.beginPath();
  canvas.moveTo(x, top - 4 * scale);
  canvas.lineTo(x, bottom);
  canvas.stroke();
  canvas.fillStyle = paint.bad;
  const isNearTheEnd = x + canvas.measureText(words).width + 8 * scale > right;
  canvas.textAlign = isNearTheEnd ? 'right' : 'left';
  canvas.fillText(words, x + (isNearTheEnd ? -6 : 6) * scale, top - 6 * scale);
}

function drawTick({ canvas, paint, scale, x, y }: Stroke & { readonly x: number; readonly y: number }): void {
  canvas.fillStyle = paint.quiet;
  canvas.beginPath();
  canvas.arc(x, y, 2 * scale, 0, 2 * Math.PI);
  canvas.fill();
}

interface ChangeStroke extends Stroke {
  readonly x: number;
  readonly y: number;
  readonly number: number;
  readonly isSuspect: boolean;
  readonly top: number;
}

/** A suspect is a filled diamond, one that was acquitted an open circle: told apart without colour. */
function drawChange({ canvas, paint, scale, x, y, number, isSuspect, top }: ChangeStroke): void {
  const radius = 9 * scale;
  const colour = isSuspect ? paint.bad : paint.good;
  canvas.strokeStyle = colour;
  canvas.beginPath();
  canvas.moveTo(x, top);
  canvas.lineTo(x, y - radius);
  canvas.stroke();
  canvas.beginPath();
  if (isSuspect) {
    const reach = radius * 1.25;
    canvas.moveTo(x, y - reach);
    canvas.lineTo(x + reach, y);
    canvas.lineTo(x, y + reach);
    canvas.lineTo(x - reach, y);
    canvas.closePath();
  } else canvas.arc(x, y, radius, 0, 2 * Math.PI);
  canvas.fillStyle = isSuspect ? colour : paint.ground;
  canvas.fill();
  canvas.stroke();
  canvas.fillStyle = isSuspect ? paint.ground : colour;
  canvas.textAlign = 'center';
  canvas.fillText(String(number), x, y + 0.5 * scale);
}
