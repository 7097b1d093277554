import { keptLogBytes } from '../../recording-format/log-text.ts';
import type { Pieces, PieceSink } from './pieces.ts';
import { byteTail } from './byte-tail.ts';

const startMark = Buffer.from('==== START logs for container ');
const lineFeed = 0x0a;
/** Names of the API are at most 253 characters; three of them and the words between. */
const longestMarkLine = 1000;

/**
 * Takes the logs out that `kubectl cluster-info dump` prints between its objects and hands on what is left. The marks
 * stand at the beginning of a line, where neither JSON nor YAML of the API can have them.
 */
export function logSections(inner: Pieces, sink: PieceSink): Pieces {
  let held: Buffer = Buffer.alloc(0);
  let isAtLineStart = true;
  let log: OpenLog | undefined;

  /** Reads one log, or the text before the next; returns what has to wait for more. Undefined: the text is beyond reading. */
  const advance = (data: Buffer): { readonly rest: Buffer; readonly isWaiting: boolean } | undefined => {
    if (log !== undefined) {
      const end = data.indexOf(log.endMark);
      const safe = end < 0 ? Math.max(0, data.length - log.endMark.length) : end;
      log.tail.add(data.subarray(0, safe));
      if (end < 0) return { rest: data.subarray(safe), isWaiting: true };
      sink.log(log, log.tail.text());
      const rest = data.subarray(end + log.endMark.length);
      log = undefined;
      isAtLineStart = false;
      return { rest, isWaiting: false };
    }
    const mark = findMark(data, isAtLineStart);
    const passed = mark ?? heldFrom(data, isAtLineStart);
    if (passed > 0) {
      isAtLineStart = data[passed - 1] === lineFeed;
      if (!inner.push(data.subarray(0, passed))) return undefined;
    }
    const rest = data.subarray(passed);
    if (mark === undefined) return { rest, isWaiting: true };
    const lineEnd = rest.indexOf(lineFeed);
    if (lineEnd < 0 && rest.length < longestMarkLine) return { rest, isWaiting: true };
    log = openLog(rest.toString('utf8', 0, lineEnd));
    if (log !== undefined) return { rest: rest.subarray(lineEnd + 1), isWaiting: false };
    isAtLineStart = false;
    return { rest: rest.subarray(startMark.length), isWaiting: false };
  };
  return {
    push(chunk) {
      let data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (;;) {
        const step = advance(data);
        if (step === undefined) return false;
        data = step.rest;
        if (step.isWaiting) break;
      }
      held = Buffer.from(data);
      return true;
    },
    end() {
      if (log !== undefined) {
        log.tail.add(held);
        sink.log(log, log.tail.text());
        sink.complain(`the log of container ${log.container} of pod ${log.namespace}/${log.pod} ends too early`);
      } else if (held.length > 0) inner.push(held);
      inner.end();
    },
  };
}

interface OpenLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly isPrevious: boolean;
  readonly endMark: Buffer;
  readonly tail: ReturnType<typeof byteTail>;
}

function openLog(line: string): OpenLog | undefined {
  const match = /^==== START logs for container (\S+) of pod ([^/\s]+)\/(\S+) ====/.exec(line);
  const [, container = '', namespace = '', pod = ''] = match ?? [];
  if (match === null) return undefined;
  const endMark = Buffer.from(`==== END logs for container ${container} of pod ${namespace}/${pod} ====`);
  return { namespace, pod, container, isPrevious: false, endMark, tail: byteTail(keptLogBytes) };
}

function findMark(data: Buffer, isAtLineStart: boolean): number | undefined {
  let at = data.indexOf(startMark);
  while (at >= 0) {
    if (at === 0 ? isAtLineStart : data[at - 1] === lineFeed) return at;
    at = data.indexOf(startMark, at + 1);
  }
  return undefined;
}

/** Where a mark might begin that the next chunk completes; else the end. */
function heldFrom(data: Buffer, isAtLineStart: boolean): number {
  const lineStart = data.lastIndexOf(lineFeed) + 1;
  if (lineStart === 0 && !isAtLineStart) return data.length;
  const line = data.subarray(lineStart);
  return line.length < startMark.length && line.equals(startMark.subarray(0, line.length)) ? lineStart : data.length;
}
