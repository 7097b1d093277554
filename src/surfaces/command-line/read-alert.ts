import { open } from 'node:fs/promises';
import type { AlertText, Failure } from './composition.ts';
import type { Terminal } from './terminal.ts';

/** A payload of a hundred grouped alerts has some 200 kB; what is larger is no page. */
const largestAlertBytes = 4 * 1024 * 1024;

/** Reads the page from a file or from standard input. Empty input is a mistake: most often a pipe that brought nothing. */
export async function readAlert(from: string, terminal: Terminal, signal: AbortSignal): Promise<AlertText | Failure> {
  const origin = from === '-' ? 'standard input' : from;
  const attempted = `reading the alert from ${origin}`;
  const text = from === '-' ? await readInput(terminal, signal) : await readFile(from);
  if (typeof text !== 'string') return { state: 'failed', attempted, ...text };
  if (text.trim() === '')
    return {
      state: 'failed',
      attempted,
      happened: 'It is empty',
      whatToDo: 'Hand in an Alertmanager or PagerDuty payload, or describe the trouble in words.',
    };
  return { origin, text };
}

type Trouble = Pick<Failure, 'happened' | 'whatToDo'>;

const tooLarge: Trouble = {
  happened: `It is larger than ${largestAlertBytes / 1024 / 1024} MB`,
  whatToDo: 'Hand in the one alert that is to be investigated.',
};

async function readFile(path: string): Promise<string | Trouble> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    return size > largestAlertBytes ? tooLarge : await file.readFile('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const happened =
      { ENOENT: 'There is no such file', EISDIR: 'It is a directory', EACCES: 'It must not be read by you' }[code] ??
      `It could not be read (${code})`;
    return { happened, whatToDo: 'Check the path, or use --alert - to hand the alert in through a pipe.' };
  }
}

async function readInput(terminal: Terminal, signal: AbortSignal): Promise<string | Trouble> {
  if (terminal.input.isTTY === true) terminal.writeError('Paste the alert, then press Ctrl-D.\n');
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of terminal.input) {
      signal.throwIfAborted();
      const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      bytes += piece.length;
      if (bytes > largestAlertBytes) return tooLarge;
      chunks.push(piece);
    }
  } catch (error) {
    return {
      happened: `It could not be read (${error instanceof Error ? error.message : String(error)})`,
      whatToDo: 'Hand the alert in as a file.',
    };
  }
  return Buffer.concat(chunks).toString('utf8');
}
