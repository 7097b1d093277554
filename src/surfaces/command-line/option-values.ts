import { InvalidArgumentError, Option } from 'commander';
import { millisecondsPerDay, millisecondsPerHour, millisecondsPerMinute, millisecondsPerSecond } from '../../domain/instant.ts';

const units: { readonly [unit: string]: number } = {
  s: millisecondsPerSecond,
  m: millisecondsPerMinute,
  h: millisecondsPerHour,
  d: millisecondsPerDay,
};

/** "90s", "10m", "1h30m", "7d": milliseconds. */
export function readDuration(written: string): number {
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)];
  const duration = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
  if (parts.map(([part]) => part).join('') !== written || duration <= 0 || duration > longestLookBack) {
    throw new InvalidArgumentError('Write it as 90s, 10m, 1h30m or 7d, at most 90d.');
  }
  return duration;
}

/** Nothing that a cluster remembers is older, and everything older would only be noise. */
const longestLookBack = 90 * millisecondsPerDay;

/** An hour is far more than any investigation needs; beyond it, a slip of the finger is more likely. */
const longestBudgetSeconds = 3600;

export function readSeconds(written: string): number {
  const seconds = Number(written.replace(/s$/, ''));
  if (written === '' || !(seconds > 0 && seconds <= longestBudgetSeconds)) {
    throw new InvalidArgumentError(`Write a number of seconds, at most ${longestBudgetSeconds}.`);
  }
  return seconds;
}

/** Reads the base address of an HTTP API, without a slash at its end. `example`: how one is written. */
export function addressLike(example: string): (written: string) => string {
  return (written) => {
    const address = URL.canParse(written) ? new URL(written) : undefined;
    if (address === undefined || !['http:', 'https:'].includes(address.protocol))
      throw new InvalidArgumentError(`Write an address such as ${example}.`);
    return written.replace(/\/+$/, '');
  };
}

/** Takes several of these, separated by commas. */
export class ListOption extends Option {
  readonly listed: readonly string[];

  constructor(flags: string, description: string, listed: readonly string[]) {
    super(flags, description);
    this.listed = listed;
  }
}

/** Text that must not be empty, such as a path that a shell variable failed to fill in. */
export function readText(written: string): string {
  if (written.trim() === '') throw new InvalidArgumentError('It is empty.');
  return written;
}

/** A number that counts something from 1. */
export function readCount(written: string): number {
  if (!/^[1-9]\d{0,8}$/.test(written)) throw new InvalidArgumentError('Write a number, from 1.');
  return Number(written);
}

/** A port to listen at; 0 takes any that is free. */
export function readPort(written: string): number {
  if (!/^\d{1,5}$/.test(written) || Number(written) > 65_535) throw new InvalidArgumentError('Write a number up to 65535.');
  return Number(written);
}

/** "sqlite:FILE", or only the path of the file; or the address of a PostgreSQL. */
export function readDatabase(written: string): string {
  if (/^postgres(ql)?:[/][/]/.test(written)) return written;
  const path = readText(written).replace(/^sqlite:/, '');
  // A path of one letter before the colon is a drive; anything longer is an address, and no name for a file.
  if (path === '' || /^[a-z]{2,}:/i.test(path))
    throw new InvalidArgumentError(
      'Write it as sqlite:FILE or postgres://USER@HOST/DATABASE; the password is best left to PGPASSWORD or a .pgpass file.',
    );
  return `sqlite:${path}`;
}

/** A name of the time zone database, which knows when summer time begins. */
export function readTimeZone(written: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: readText(written) }).resolvedOptions().timeZone;
  } catch (problem) {
    if (!(problem instanceof RangeError)) throw problem;
    throw new InvalidArgumentError('Write it as Europe/Berlin or America/New_York.');
  }
}
