import type { ContainerLog, LogLine } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/instant.ts';
import type { ClueKind } from '../../domain/log-clue.ts';
import { peerOf } from './peer-of.ts';
import { plainLine, type RecognisedLine, recogniseLine } from './recognise-line.ts';
import { afterComplaint, levelOf } from './went-on.ts';

/** One complaint of one log, however often it stands there. */
export interface FoundClue {
  readonly kind: ClueKind;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly name: string | undefined;
  /** The last line that says so, shortened around the telling words. */
  readonly line: string;
  readonly at: Instant | undefined;
  /** When it was said for the first time. Absent: not told. */
  readonly firstAt: Instant | undefined;
  readonly isNearEnd: boolean;
  /** Among the last lines of the log, whether or not the container ended. */
  readonly isLate: boolean;
  readonly count: number;
  /** Where in the log it stands first. */
  readonly firstIndex: number;
  /** 0 to 1: how many of the lines since then say so. */
  readonly shareSince: number;
}

interface SeenClue extends FoundClue {
  /** Where among the lines it was said last. */
  readonly lastIndex: number;
}

/** Only the tail matters: it is what the program said last, and it bounds the cost of a runaway log. */
const mostLines = 3000;
/** Programs say why they end in their last few statements; a stack trace below one counts with it. */
const nearEndStatements = 8;
/** What a healthy program still says in its last fifty lines, it says all the time. */
const lateLines = 50;
/** Different complaints beyond this are a flood that tells nothing more. */
const mostClues = 40;
const shownCharacters = 300;
/** Said this often, a warning is no remark in passing: the program works, but never without it. */
const insistentTimes = 3;
/** What follows a complaint at once shows whether the program minded. */
const followingLines = 40;
/** Runtimes print the parts of an error object on lines of their own, right below its message. */
const peerWithinLines = 8;

export function cluesIn(log: ContainerLog, hasEnded: boolean): readonly FoundClue[] {
  const lines = log.lines.slice(-mostLines);
  const nearEnd = startOfLastStatements(lines);
  const found = new Map<string, SeenClue>();
  const users = new Set<string>();
  lines.forEach((line, index) => {
    const recognised = recogniseLine(line.text);
    if (recognised === undefined) return;
    const { kind, name, host, port } = inContext(recognised, lines, index);
    if (kind === 'authentication-failed' && host === undefined) userIn(line.text).forEach((user) => users.add(user));
    const key = [kind, host ?? '', port ?? '', name ?? ''].join('|');
    const before = found.get(key);
    if (before === undefined && found.size >= mostClues) return;
    found.set(key, {
      kind,
      host,
      port,
      name,
      line: shorten(line.text, recognised.offset),
      at: line.at ?? before?.at,
      firstAt: before?.firstAt ?? line.at,
      isNearEnd: hasEnded && index >= nearEnd,
      isLate: index >= lines.length - lateLines,
      count: (before?.count ?? 0) + 1,
      firstIndex: before?.firstIndex ?? index,
      shareSince: ((before?.count ?? 0) + 1) / (lines.length - (before?.firstIndex ?? index)),
      lastIndex: index,
    });
  });
  const ownTrouble = [...found.values()].filter(
    ({ kind, host }) => kind !== 'authentication-failed' || host !== undefined || users.size < 2,
  );
  const all = withoutEchoes(ownTrouble).flatMap((clue) => asMeant(clue, lines));
  return hasEnded ? all : all.filter((clue) => !isOver(clue, all));
}

/** A program has one login of its own; where several names are refused, they are those of the people who come to it. */
function userIn(text: string): readonly string[] {
  const user = /\buser(?:name)?[ =:]{1,3}\\?["'`]?(?<user>[\w.@+-]{1,80})/i.exec(text.slice(0, shownCharacters))?.groups?.['user'];
  return user === undefined ? [] : [user];
}

/** A warning after which the program visibly went on tells nothing about its end; a graver line counts less after it came up. */
function asMeant(clue: SeenClue, lines: readonly LogLine[]): readonly FoundClue[] {
  const { lastIndex, ...found } = clue;
  if (clue.count >= insistentTimes) return [found];
  const later = lines.slice(lastIndex + 1, lastIndex + 1 + followingLines).map(({ text }) => text);
  const after = afterComplaint(lines[lastIndex]?.text ?? '', later);
  // A graver line of its own words may well be the same trouble, told again.
  const isToldAgain = later.some((text) => isGrave(text) && recogniseLine(text) === undefined);
  if (after === 'open' || isToldAgain) return [found];
  return after === 'went-on' ? [] : [{ ...found, isNearEnd: false }];
}

function isGrave(text: string): boolean {
  const level = levelOf(text);
  return level === 'fatal' || level === 'error';
}

/** What a peer answers to a call: one answer takes the place of another. */
const answersOfPeer: ReadonlySet<ClueKind> = new Set([
  'connection-refused',
  'connection-timed-out',
  'connection-reset',
  'no-route',
  'authentication-failed',
  'too-many-connections',
  'read-only',
  'certificate-invalid',
  'rate-limited',
]);
/** Whoever cannot reach a peer tries again within this time; a longer silence means that it was reached in between. */
const quietMilliseconds = 30_000;

/** The same peer answered otherwise later, after a time without complaints: that trouble ended, and this is another one. */
function isOver(clue: FoundClue, all: readonly FoundClue[]): boolean {
  const { at } = clue;
  return (
    at !== undefined &&
    clue.host !== undefined &&
    answersOfPeer.has(clue.kind) &&
    all.some(
      (other) =>
        other.kind !== clue.kind &&
        answersOfPeer.has(other.kind) &&
        other.host === clue.host &&
        other.port === clue.port &&
        other.firstAt !== undefined &&
        other.firstAt - at >= quietMilliseconds,
    )
  );
}

/** Same complaint in the same container: what healthy replicas are compared by. */
export function clueKey(log: ContainerLog, clue: FoundClue): string {
  return [log.container, clue.kind, clue.host ?? '', clue.port ?? '', clue.host === undefined ? (clue.name ?? '') : ''].join('|');
}

/** The complaint without its peer, for lines that name none. */
export function pathKey(log: ContainerLog, clue: FoundClue): string {
  return [log.container, clue.kind, '', '', clue.name ?? ''].join('|');
}

/** "Connection refused" alone, below a line that said of whom, is the same complaint once more. */
function withoutEchoes(found: readonly SeenClue[]): readonly SeenClue[] {
  return found.filter(
    (clue) =>
      clue.host !== undefined ||
      clue.name !== undefined ||
      clue.port !== undefined ||
      !found.some((other) => other.kind === clue.kind && other.host !== undefined),
  );
}

const wantsPeer: ReadonlySet<ClueKind> = new Set([
  'connection-refused',
  'connection-timed-out',
  'connection-reset',
  'no-route',
  'name-not-resolved',
]);
const peerLine = /\baddress: ['"]|^\s*Is the server running on|^\s*(?:host(?:name)?|port): /;

/** Frames and lines around a value that could not be read, and what in them says that it was a setting. */
const framesAbove = 12;
const framesBelow = 12;
const readsSettings =
  /\benviron\b|getenv|(?:process|os|System|Deno|Bun)\.env|ENV\[|std::env|\bconf(?:ig)?(?:uration|s)?\b|config|[Ss]ettings|propert(?:y|ies)|dotenv|\.env\b|\bflags?\b|@Value|argparse|--\w/;

/** The body of an answer stands right below the line that shows its status. */
const bodyLines = 2;

/** "429 Too Many Requests" is only the envelope where the body says why: storage that is full or locked is no rate that is exceeded. */
function withReasonBelow(recognised: RecognisedLine, lines: readonly LogLine[], index: number): RecognisedLine {
  const body = lines.slice(index + 1, index + 1 + bodyLines).flatMap(({ text }) => recogniseLine(text) ?? []);
  const reason = body.find(({ kind }) => kind === 'read-only' || kind === 'no-space-left');
  return reason === undefined ? recognised : { ...recognised, kind: reason.kind };
}

function inContext(recognised: RecognisedLine, lines: readonly LogLine[], index: number): RecognisedLine {
  if (recognised.kind === 'rate-limited') return withReasonBelow(recognised, lines, index);
  if (recognised.kind !== 'invalid-value') return withPeerNearby(recognised, lines, index);
  const around = lines.slice(Math.max(0, index - framesAbove), index + 1 + framesBelow).map(({ text }) => text.slice(0, 400));
  return around.some((text) => readsSettings.test(text)) ? { ...recognised, kind: 'invalid-setting' } : recognised;
}

function withPeerNearby(recognised: RecognisedLine, lines: readonly LogLine[], index: number): RecognisedLine {
  if (recognised.host !== undefined || !wantsPeer.has(recognised.kind)) return recognised;
  const below = lines.slice(index + 1, index + 1 + peerWithinLines).map((line) => plainLine(line.text).slice(0, 400));
  const first = below.findIndex((text) => peerLine.test(text));
  if (first >= 0)
    return {
      ...recognised,
      ...peerOf(
        below
          .slice(first, first + 2)
          .map((text) => text.trim())
          .join(' '),
      ),
    };
  return { ...recognised, ...peerOfOuterError(lines, index) };
}

/** An error that wraps this one, printed just above: its line says to whom the call went. */
const wrapping = /--->|caused by|connect|unreachable|request to|dial|exception/i;
const wrappingLines = 3;

function peerOfOuterError(lines: readonly LogLine[], index: number): ReturnType<typeof peerOf> {
  const above = lines
    .slice(Math.max(0, index - wrappingLines), index)
    .map((line) => plainLine(line.text).slice(0, 400))
    .toReversed();
  for (const text of above) {
    const peer = wrapping.test(text) ? peerOf(text) : undefined;
    if (peer?.host !== undefined && peer.port !== undefined) return peer;
  }
  return { host: undefined, port: undefined };
}

/** Lines that only continue what the line above says: stack traces and wrapped objects. */
const continuation = /^\s+\S|^\s*(?:at |\.\.\. \d+ more|File "|[)}\]]+[,;]?\s*$|\^+\s*$)|^\s*$/;

function startOfLastStatements(lines: readonly LogLine[]): number {
  let statements = 0;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    if (!continuation.test(lines[index]?.text.slice(0, 200) ?? '')) statements += 1;
    if (statements === nearEndStatements) return index;
  }
  return 0;
}

function shorten(text: string, offset: number): string {
  if (text.length <= shownCharacters) return text;
  const from = Math.max(0, Math.min(offset - shownCharacters / 3, text.length - shownCharacters));
  return `${from > 0 ? '…' : ''}${text.slice(from, from + shownCharacters)}${from + shownCharacters < text.length ? '…' : ''}`;
}
