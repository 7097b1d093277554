import { writeFailureLine } from '../../writing/failure-line.ts';
import type { CommandRequest } from './command-request.ts';
import { parseCommandLine } from './parse-command-line.ts';
import type { CommandRun } from './command-run.ts';
import { runCommand } from './run-command.ts';
import { pageColumns } from './terminal.ts';

export interface CommandLineRun extends CommandRun {
  /** Without the program's own name. */
  readonly arguments: readonly string[];
  readonly version: string;
}

const failedStatus = 3;

/** Does what the command line says and returns the exit status. */
export async function runCommandLine(run: CommandLineRun): Promise<number> {
  const { terminal, version } = run;
  const parsed = parseCommandLine({ arguments: run.arguments, version, columns: pageColumns(terminal) });
  if (parsed.state === 'print') {
    terminal.writeOut(parsed.text);
    return 0;
  }
  if (parsed.state === 'failed') {
    terminal.writeError(`${writeFailureLine(parsed)}\n`);
    return failedStatus;
  }
  return runGuarded(parsed.request, run);
}

/** A bug of ours must not look like a verdict about a cluster. */
async function runGuarded(request: CommandRequest, run: CommandLineRun): Promise<number> {
  try {
    return await runCommand(request, run);
  } catch (error) {
    const happened = `Stanch has a bug (${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ') : String(error)})`;
    const line = writeFailureLine({
      attempted: `running stanch ${request.command}`,
      happened,
      whatToDo: 'Please report it with the command that you ran',
    });
    run.terminal.writeError(`${line}\n`);
    return failedStatus;
  }
}
