import type { Instant } from '../../domain/instant.ts';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import { systemdTime, timeOfLine } from './node-time.ts';

/** Collecting a node's output takes seconds itself, so only a larger difference to the collector's clock is a difference of clocks. */
const collectionSeconds = 30;

/** Seconds that the node's clock is ahead of true time (negative: behind), from chronyc, ntpq or `date`. Undefined: not told. */
export function parseClockOffset(command: string, output: string, at: Instant | undefined): number | undefined {
  const chrony = /^System time\s*: (\d{1,12}(?:\.\d{1,12})?) seconds (slow|fast) of NTP time/m.exec(output);
  if (chrony !== null) return (chrony[2] === 'slow' ? -1 : 1) * Number(chrony[1]);
  const ntp = /^\*\S+ +(?:\S+ +){7}(-?\d{1,12}(?:\.\d{1,6})?) +\S+\s*$/m.exec(output);
  // ntpq gives milliseconds, as the correction that the local clock needs.
  if (ntp !== null) return -Number(ntp[1]) / 1000;
  return at === undefined || !/\bdate\b|timedatectl/.test(command) ? undefined : fromDate(output, at);
}

function fromDate(output: string, at: Instant): number | undefined {
  const word = output.trim();
  const told = /^\d{9,11}$/.test(word) ? Number(word) * millisecondsPerSecond : (timeOfLine(word, at) ?? fromUniversalTime(output));
  if (told === undefined) return undefined;
  const seconds = Math.round((told - at) / millisecondsPerSecond);
  return Math.abs(seconds) <= collectionSeconds ? 0 : seconds;
}

function fromUniversalTime(output: string): Instant | undefined {
  const line = /(?:Universal time: |^TimeUSec=)(.{1,40})/m.exec(output)?.[1];
  return line === undefined ? undefined : systemdTime(line);
}
