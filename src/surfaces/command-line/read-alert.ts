import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { AlertText, Failure } from './looking.ts';
import type { Terminal } from './terminal.ts';

/** A payload of a hundred grouped alerts has some 200 kB; what is larger is no page. */
const largestAlertBytes = 4 * 1024 * 1024;

/** Reads the page from a file or from standard input. Empty input is a mistake: most often a pipe that brought nothing. */
export async function readAlert(from: string, terminal: Terminal): Promise<AlertText | Failure> {
  const isPiped = from === '-';
  const origin = isPiped ? 'standard input' : from;
  const attempted = `reading the alert from ${origin}`;
  if (isPiped && terminal.input.isTTY === true) terminal.writeError('Paste the alert, then press Ctrl-D.\n');
  const text = await readText(isPiped ? terminal.input : createReadStream(from));
  if (typeof text !== 'string') return { state: 'failed', attempted, ...text };
  if (text.trim() === '') {
    const whatToDo = 'Hand in an Alertmanager or PagerDuty payload, or describe the trouble in words.';
    return { state: 'failed', attempted, happened: 'it is empty', whatToDo };
  }
  return { origin, text };
}

type Trouble = Pick<Failure, 'happened' | 'whatToDo'>;

const happenedByCode: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'you may not read it',
};

async function readText(from: Readable): Promise<string | Trouble> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of from) {
      const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      bytes += piece.length;
      if (bytes > largestAlertBytes) {
        const happened = `it is larger than ${largestAlertBytes / 1024 / 1024} MB`;
        return { happened, whatToDo: 'Hand in the one alert that is to be investigated.' };
      }
      chunks.push(piece);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const happened = happenedByCode[code] ?? `it could not be read (${code})`;
    return { happened, whatToDo: 'Check the path, or use --alert - to hand the alert in through a pipe.' };
  }
  return Buffer.concat(chunks).toString('utf8');
}
