import { writeFailureLine } from '../../writing/failure-line.ts';
import type { CommandRun } from './command-run.ts';
import type { ServeRequest } from './serving-composition.ts';

const failedStatus = 3;

/** Serves until it is stopped. */
export async function runServe(request: ServeRequest, { compose, terminal, interruption }: CommandRun): Promise<number> {
  const { serve } = await (await compose()).openServing();
  const served = await serve(request, (line) => terminal.writeOut(`${line}\n`), interruption);
  if (served.state === 'stopped') return 0;
  terminal.writeError(`${writeFailureLine(served)}\n`);
  return failedStatus;
}
