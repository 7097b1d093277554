import type { Investigation } from '../../domain/investigation.ts';
import { writeFailureLine } from '../../writing/failure-line.ts';
import { writeIncidentNotes } from '../../writing/markdown/incident-notes.ts';
import { answerCheck } from './check-command.ts';
import type { CommandRequest, OutputFormat } from './command-request.ts';
import type { CommandRun } from './command-run.ts';
import { writeCompletion } from './completion.ts';
import type { InvestigationOptions } from './composition.ts';
import type { Announcer, Failure } from './looking.ts';
import { explain } from './explain.ts';
import { safeJson } from './safe-json.ts';
import { layoutFor } from './layout-for.ts';
import { openScreen, type Screen } from './screen.ts';
import { runMcp } from './mcp-command.ts';
import { checkPolicy } from './policy-command.ts';
import { readSource } from './read-source.ts';
import type { Terminal } from './terminal.ts';
import { withinLimits } from './within-limits.ts';

const failedStatus = 3;
const statusOf: { readonly [Outcome in Investigation['outcome']]: number } = { healthy: 0, explained: 1, 'cannot-tell': 2 };

/** Does what was asked for and returns the exit status. */
export async function runCommand(request: CommandRequest, run: CommandRun): Promise<number> {
  switch (request.command) {
    case 'investigate':
      return investigate(request, run);
    case 'demo':
      return demonstrate(request, run);
    case 'record':
      return record(request, run);
    case 'explain': {
      const { catalogue } = await run.compose();
      const answer = explain(request.wanted, catalogue, layoutFor(run.terminal, request.colour));
      return 'state' in answer ? failed(answer, run.terminal) : printed(`${answer.lines.join('\n')}\n`, run.terminal);
    }
    case 'permissions': {
      const roles = (await run.compose()).permissions(request.wish);
      return roles.state === 'failed' ? failed(roles, run.terminal) : printed(roles.text, run.terminal);
    }
    case 'completion':
      return printed(
        writeCompletion(
          request.shell,
          (await run.compose()).catalogue.map((mode) => mode.id),
        ),
        run.terminal,
      );
    case 'check':
      return check(request, run);
    case 'policy':
      return checkPolicy(request, run.terminal, await run.compose());
    case 'serve':
      return (await import('./run-serve.ts')).runServe(request.request, run);
    case 'mcp':
      return runMcp(request, run);
    case 'incidents':
      return (await import('./run-acting.ts')).showIncidents(request, run);
    case 'mitigate':
    case 'resume':
    case 'restore':
    case 'undo':
    case 'abort':
      return (await import('./run-acting.ts')).runActing(request, run);
  }
}

function printed(text: string, terminal: Terminal): number {
  terminal.writeOut(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}

function failed(failure: Failure, terminal: Terminal): number {
  terminal.writeError(`${writeFailureLine(failure)}\n`);
  return failedStatus;
}

async function investigate(request: Extract<CommandRequest, { readonly command: 'investigate' }>, run: CommandRun): Promise<number> {
  const { output, colour, record: recordPath } = request;
  const screen = openScreen(run.terminal, output === 'text' ? layoutFor(run.terminal, colour) : undefined);
  return limited({ what: 'investigating', budgetSeconds: request.source.budgetSeconds, screen, run }, async (signal) => {
    const source = await readSource(request.source, { screen, terminal: run.terminal });
    if ('state' in source) return source;
    return answer({ ...source, ...(recordPath === undefined ? {} : { record: recordPath }) }, { output, screen, run, signal });
  });
}

async function check(request: Extract<CommandRequest, { readonly command: 'check' }>, run: CommandRun): Promise<number> {
  const screen = openScreen(run.terminal, undefined);
  const { budgetSeconds } = request.source;
  return limited({ what: 'checking the command', budgetSeconds, screen, run }, (signal) => answerCheck(request, { screen, run }, signal));
}

const demonstrationLimits = { lookBackMilliseconds: 86_400_000, budgetSeconds: 60 };

async function demonstrate(request: Extract<CommandRequest, { readonly command: 'demo' }>, run: CommandRun): Promise<number> {
  const { output, colour } = request;
  const screen = openScreen(run.terminal, output === 'text' ? layoutFor(run.terminal, colour) : undefined);
  return limited({ what: 'working the demonstration', budgetSeconds: demonstrationLimits.budgetSeconds, screen, run }, async (signal) => {
    const { demonstration } = await run.compose();
    return answer({ ...demonstration(), ...demonstrationLimits }, { output, screen, run, signal });
  });
}

async function record(request: Extract<CommandRequest, { readonly command: 'record' }>, run: CommandRun): Promise<number> {
  const screen = openScreen(run.terminal, undefined);
  return limited({ what: 'recording', budgetSeconds: request.source.budgetSeconds, screen, run }, async (signal) => {
    const source = await readSource(request.source, { screen, terminal: run.terminal });
    if ('state' in source) return source;
    const { runRecording } = await run.compose();
    const result = await runRecording({ ...source, record: request.to }, screen, signal);
    if (result.state === 'failed') return result;
    screen.clear();
    return printed(
      `Recorded ${result.files} files, ${(result.bytes / 1024).toFixed(0)} KiB, to ${result.path}. Look at it: stanch investigate --recording ${result.path}`,
      run.terminal,
    );
  });
}

interface Answering {
  readonly output: OutputFormat;
  readonly screen: Screen;
  readonly run: CommandRun;
  readonly signal: AbortSignal;
}

async function answer(options: InvestigationOptions, { output, screen, run, signal }: Answering): Promise<number | Failure> {
  const { runInvestigation } = await run.compose();
  const last = keepingLast(screen, signal);
  const result = await runInvestigation(options, last.announcer, signal);
  if (result.state === 'failed') return result;
  // Stopped in the middle: half an answer must not look like a whole one.
  if (signal.aborted) return statusOf[result.investigation.outcome];
  screen.clear();
  if (output === 'json') run.terminal.writeOut(safeJson(result.investigation));
  if (output === 'markdown') run.terminal.writeOut(writeIncidentNotes(result.investigation));
  if (!last.isFinished()) screen.announce({ kind: 'finished', investigation: result.investigation });
  return statusOf[result.investigation.outcome];
}

/** Remembers whether the end was announced, so that a text never stops in the middle. */
function keepingLast(screen: Screen, signal: AbortSignal): { readonly announcer: Announcer; readonly isFinished: () => boolean } {
  let isFinished = false;
  return {
    isFinished: () => isFinished,
    announcer: {
      announce: (happening) => {
        // Work that winds up after it was stopped has nothing more to tell than what it could not put back.
        if (signal.aborted && happening.kind !== 'notice' && happening.kind !== 'progress') return;
        isFinished ||= happening.kind === 'finished';
        screen.announce(happening);
      },
    },
  };
}

interface Limited {
  readonly what: string;
  readonly budgetSeconds: number;
  readonly screen: Screen;
  readonly run: CommandRun;
}

async function limited(
  { what, budgetSeconds, screen, run }: Limited,
  work: (signal: AbortSignal) => Promise<number | Failure>,
): Promise<number> {
  const ending = await withinLimits(work, {
    budgetSeconds,
    graceSeconds: run.graceSeconds,
    interruption: run.interruption,
    mustSettle: screen.hasNoticed,
  });
  screen.clear();
  switch (ending.kind) {
    case 'done':
      return typeof ending.result === 'number' ? ending.result : failed(ending.result, run.terminal);
    case 'too-late':
      return failed(
        {
          state: 'failed',
          attempted: what,
          happened: `it did not end within its budget of ${budgetSeconds} s${doing(screen)}`,
          whatToDo: 'Give it more time with --budget, or narrow it with --namespace',
        },
        run.terminal,
      );
    case 'interrupted':
      run.terminal.writeError(
        `stanch: stopped${doing(screen)}. ${questions(screen.answered())} answered, ${screen.hasNoticed() ? 'debug pods were deleted or end by themselves' : 'nothing in the cluster was changed'}.\n`,
      );
      return ending.status;
  }
}

function doing(screen: Screen): string {
  const busyWith = screen.busyWith();
  return busyWith === undefined ? '' : ` while ${busyWith}`;
}

function questions(answered: number): string {
  return answered === 1 ? '1 question was' : `${answered} questions were`;
}
