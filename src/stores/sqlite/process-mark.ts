import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells this process from every other: where its number means something, the number, and since when it is this process's. */
export function processMark(): string {
  return JSON.stringify([placeOfNumbers(), process.pid, startOf(process.pid)]);
}

/** True: the process is known to have ended. False also where that cannot be told: on another machine, or on another start of this one. */
export function hasProcessEnded(mark: string): boolean {
  const parts = partsOf(mark);
  if (parts === undefined || parts.place !== placeOfNumbers()) return false;
  return !isRunning(parts.number) || startOf(parts.number) !== parts.start;
}

/** Process numbers are given anew after each start of a machine, and apart in each container. */
function placeOfNumbers(): string {
  return [hostname(), contentOf('/proc/sys/kernel/random/boot_id'), linkOf('/proc/self/ns/pid')].join(' ');
}

/**
 * When a process was started, in ticks of the kernel: a number that was given again has another. "ended": it has, and only
 * its parent has not asked how yet. Empty: this system does not tell.
 */
function startOf(number: number): string {
  // The name of the program stands in parentheses before it and may hold anything, so what follows the last one is read.
  const fields = contentOf(`/proc/${number}/stat`).replace(/^.*\)/s, '').trim().split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? '');
}

function isRunning(number: number): boolean {
  try {
    return process.kill(number, 0);
  } catch (problem) {
    // It runs, and belongs to somebody else.
    return problem instanceof Error && 'code' in problem && problem.code === 'EPERM';
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function partsOf(mark: string): { readonly place: string; readonly number: number; readonly start: string } | undefined {
  try {
    const [place, number, start]: readonly unknown[] = JSON.parse(mark);
    const isMark = typeof place === 'string' && Number.isSafeInteger(number) && Number(number) > 0 && typeof start === 'string';
    return isMark ? { place, number: Number(number), start } : undefined;
  } catch {
    return undefined;
  }
}
