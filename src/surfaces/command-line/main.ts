import { writeSync } from 'node:fs';
import packageDescription from '../../../package.json' with { type: 'json' };
import { writeFailureLine } from '../../writing/failure-line.ts';
import { runCommandLine } from './run-command-line.ts';

/** By convention of shells: 128 and the number of the signal. */
const interruptions = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;
const hangUpStatus = 129;
const brokenPipeStatus = 141;

/** Writing down what is known takes milliseconds; a loaded machine gets some patience. */
const graceSeconds = 2;

const interruption = new AbortController();
for (const [signal, status] of interruptions) process.once(signal, () => interruption.abort({ status }));
// Not once: the kernel and the shell both send it when a terminal is closed, and the second one would end the program at once.
process.on('SIGHUP', () => interruption.abort({ status: hangUpStatus }));

/** Status 1 would say "trouble, and its cause was found", and it is what Node ends with after an error that nobody caught. */
const failedStatus = 3;

/** They change a cluster, so that whoever reads of their end has to look what they did. */
const acting = ['mitigate', 'undo', 'restore', 'abort', 'serve'];
const isActing = process.argv.slice(2).some((word) => acting.includes(word));

function giveUp(happened: string): never {
  const whatToDo = isActing
    ? 'What was changed in the cluster until then is recorded: stanch incidents'
    : 'Nothing in the cluster was changed';
  const line = writeFailureLine({ attempted: 'running stanch', happened, whatToDo });
  try {
    writeSync(process.stderr.fd, `${line}\n`);
  } finally {
    process.exit(failedStatus);
  }
}

/** Why nothing more can be told. Undefined: it can. */
let untold: { readonly status: number; readonly happened?: string } | undefined;

function endUntold({ status: untoldStatus, happened }: NonNullable<typeof untold>): never {
  if (happened !== undefined) giveUp(happened);
  process.exit(untoldStatus);
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: Error & { readonly code?: string }) => {
    // A reader that has seen enough, such as "head", is no error.
    const isGone = error.code === 'EPIPE';
    untold ??= { status: brokenPipeStatus, ...(isGone ? {} : { happened: `the answer could not be written (${error.message})` }) };
    if (!isActing) endUntold(untold);
    // Ending between a write to the cluster and its record would leave a change behind whose end nobody knows.
    interruption.abort({ status: untold.status });
  });
}
process.on('uncaughtException', (error) => giveUp(`Stanch has a bug (${error.stack ?? error.message})`));

const status = await runCommandLine({
  arguments: process.argv.slice(2),
  version: packageDescription.version,
  terminal: {
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    input: process.stdin,
    isOutTerminal: process.stdout.isTTY === true,
    isErrorTerminal: process.stderr.isTTY === true,
    // A terminal that does not tell its width says 0.
    columns: process.stdout.columns || process.stderr.columns || undefined,
    environment: process.env,
  },
  compose: async () => (await import('../../compose/compose.ts')).composition,
  interruption: interruption.signal,
  graceSeconds,
});

// Work that was left behind must not keep the program alive; what was written must get out.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
if (untold !== undefined) endUntold(untold);
process.exit(status);
