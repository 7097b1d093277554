import type { LogLine } from '../domain/evidence.ts';
import { formatInstant, parseInstant } from '../domain/instant.ts';
import { plainText } from '../domain/plain-text.ts';
import { redactLines } from '../domain/redaction.ts';
import { isRecord } from '../domain/shape.ts';

/** How much of one log is kept: its end, where the last words of a container stand. */
export const keptLogBytes = 256 * 1024;
export const keptLogLines = 2000;
/** Longer lines are data, not words, and are cut. */
const keptLineCharacters = 4096;

/**
 * Lines of a container's log, oldest first, redacted, without control characters. Understands what `kubectl logs`
 * prints with and without --timestamps, and the files that container runtimes keep on a node.
 */
export function readLogLines(text: string): readonly LogLine[] {
  const lines: LogLine[] = [];
  for (const written of text.split('\n').slice(-keptLogLines - 1)) {
    const line = readLogLine(written.endsWith('\r') ? written.slice(0, -1) : written);
    if (line.text.trim() !== '') lines.push(line);
  }
  const kept = lines.slice(-keptLogLines);
  const safe = redactLines(kept.map((line) => line.text));
  return kept.map((line, position) => ({ at: line.at, text: safe[position] ?? '' }));
}

const stamped = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) ?(.*)$/s;
const runtimeFields = /^(?:stdout|stderr) [FP] (.*)$/s;

function readLogLine(written: string): LogLine {
  const fromDocker = readDockerLine(written);
  if (fromDocker !== undefined) return fromDocker;
  const plain = plainText(written.slice(0, 2 * keptLineCharacters));
  const stamp = stamped.exec(plain);
  if (stamp === null) return { at: undefined, text: cut(plain) };
  const rest = stamp[2] ?? '';
  return { at: parseInstant(stamp[1]?.replace(',', '.').replace(' ', 'T')), text: cut(runtimeFields.exec(rest)?.[1] ?? rest) };
}

/** Docker's json-file driver: {"log":"…\n","stream":"stdout","time":"…"}. */
function readDockerLine(written: string): LogLine | undefined {
  if (!written.startsWith('{"log":"')) return undefined;
  try {
    const fields: unknown = JSON.parse(written);
    if (!isRecord(fields) || typeof fields['log'] !== 'string') return undefined;
    return { at: parseInstant(fields['time']), text: cut(plainText(fields['log'].replace(/\n$/, ''))) };
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length > keptLineCharacters ? `${text.slice(0, keptLineCharacters)}…` : text;
}

/** As `kubectl logs --timestamps` prints it. */
export function writeLogLines(lines: readonly LogLine[]): string {
  return lines.map(({ at, text }) => `${at === undefined ? text : `${formatInstant(at)} ${text}`}\n`).join('');
}
