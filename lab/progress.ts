import { styleText } from 'node:util';

const began = Date.now();

/** One line on standard error; standard output stays free for results. */
export function say(text: string): void {
  const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`${styleText('dim', `${seconds} s`, { stream: process.stderr })}  ${text}\n`);
}

/** Announces a step, does it, and says how long it took when that was noticeable. */
export async function step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  const from = Date.now();
  say(`${title} …`);
  const result = await work();
  const took = (Date.now() - from) / 1000;
  if (took >= 1) say(`${title}: done in ${took.toFixed(1)} s`);
  return result;
}
