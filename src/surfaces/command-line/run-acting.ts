import { hostname, userInfo } from 'node:os';
import { type Attempt, needsConsentToLoss } from '../../domain/incident.ts';
import type { Follower } from '../../engine/act/acting.ts';
import type { Worked } from '../../engine/act/work-incident.ts';
import { writeFailureLine } from '../../writing/failure-line.ts';
import { writeIncidentReport } from '../../writing/markdown/incident-report.ts';
import { writeIncidentList } from '../../writing/text/acting/incident-list.ts';
import { tellRehearsal, writeAttempt, writeLoss } from '../../writing/text/acting/attempt.ts';
import { tellDryRun, tellResting } from '../../writing/text/acting/resting.ts';
import { nothingActed, tellActing, watchingLine } from '../../writing/text/acting/tell-acting.ts';
import type { ActingComposition, ActRequest, People } from './acting-composition.ts';
import type { ActingRequest, CommandRequest } from './command-request.ts';
import type { CommandRun } from './command-run.ts';
import type { Failure } from './looking.ts';
import { layoutFor } from './layout-for.ts';
import { readSource } from './read-source.ts';
import { safeJson } from './safe-json.ts';
import { openScreen, type Screen } from './screen.ts';
import { terminalApprover } from './terminal-approver.ts';

const failedStatus = 3;

/** Carries out what a command asked for, tells it while it happens, and returns the exit status. */
export async function runActing(request: ActingRequest, run: CommandRun): Promise<number> {
  const screen = openScreen(run.terminal, request.output === 'text' ? layoutFor(run.terminal, request.colour) : undefined);
  const asked = await actRequest(request, { screen, run });
  if ('state' in asked) return failed(asked, run);
  const composition = await (await run.compose()).openActing();
  const acted = await composition.act(asked, peopleFor(request, { screen, run }), run.interruption);
  screen.clear();
  if (acted.state === 'failed') return failed(acted, run);
  const { id, worked } = acted;
  if (worked.state === 'failed') {
    run.terminal.writeError(
      `${writeFailureLine(worked)}\nstanch: what was done until then is recorded. Go on with: stanch mitigate --incident ${id}\n`,
    );
    return failedStatus;
  }
  writeEnd({ request, id, worked, composition }, run);
  // A plan that is ready is all that a dry run is asked for.
  return isDryRun(request) && worked.resting === 'waiting' ? 0 : statusOf[worked.resting];
}

function isDryRun(request: ActingRequest): boolean {
  return request.command === 'mitigate' && request.isDryRun;
}

const statusOf: { readonly [Resting in Extract<Worked, { readonly state: 'rested' }>['resting']]: number } = {
  mitigated: 0,
  closed: 0,
  undone: 0,
  'nothing-to-do': 0,
  'needs-human': 1,
  aborted: 1,
  joined: 1,
  unsettled: 2,
  'gate-closed': 2,
  waiting: 2,
  stopped: 2,
};

async function actRequest(request: ActingRequest, { screen, run }: Showing): Promise<ActRequest | Failure> {
  const { settings } = request;
  switch (request.command) {
    case 'mitigate': {
      const reading = readSource(request.source, { screen, terminal: run.terminal });
      const source = await Promise.race([reading, stoppedBefore(run.interruption)]);
      const { isFollowedThrough, isDryRun } = request;
      return 'state' in source ? source : { kind: 'mitigate', source, settings, isFollowedThrough, isDryRun };
    }
    case 'resume':
      return {
        kind: 'resume',
        incident: request.incident,
        settings,
        isFollowedThrough: request.isFollowedThrough,
        probing: request.probing,
      };
    case 'undo':
      return { kind: 'undo', incident: request.incident, settings, ...(request.attempt === undefined ? {} : { attempt: request.attempt }) };
    case 'restore':
      return { kind: 'restore', incident: request.incident, settings, probing: request.probing };
    case 'abort':
      return { kind: 'abort', incident: request.incident, settings };
  }
}

/** Whoever waits for an alert that is still to be typed can be stopped as well. */
function stoppedBefore(interruption: AbortSignal): Promise<Failure> {
  const failure: Failure = {
    state: 'failed',
    attempted: 'reading the alert',
    happened: 'it was stopped',
    whatToDo: 'Nothing in the cluster was changed',
  };
  return new Promise((resolve) => {
    if (interruption.aborted) resolve(failure);
    else interruption.addEventListener('abort', () => resolve(failure), { once: true });
  });
}

interface Showing {
  readonly screen: Screen;
  readonly run: CommandRun;
}

function peopleFor(request: ActingRequest, { screen, run }: Showing): People {
  const { terminal } = run;
  const seen = new Set<number>();
  const unseen = (attempt: Attempt): string =>
    seen.has(attempt.number) ? '' : `${writeAttempt(attempt, layoutFor(terminal, 'never')).join('\n')}\n`;
  const follower =
    request.output === 'text' ? followerOn(request, { screen, run }) : { happened: () => undefined, rehearsed: () => undefined };
  const by = `${terminal.environment['SUDO_USER'] ?? userInfo().username}@${hostname()}`;
  return {
    announcer: screen,
    follower: {
      ...follower,
      happened(event, incident) {
        if (event.kind === 'plan-chosen' && request.output === 'text' && terminal.isOutTerminal) seen.add(event.attempt);
        follower.happened(event, incident);
      },
    },
    approver: terminalApprover(terminal, {
      approved: request.approved,
      isWithoutEvidence: request.isWithoutEvidence,
      by,
      clear: screen.clear,
      unseen,
      loss: (attempt) => (needsConsentToLoss(attempt) ? `${writeLoss(attempt, layoutFor(terminal, 'never')).join('\n')}\n` : ''),
    }),
  };
}

/** Tells each step as it is recorded; watching is one line that is written over. */
function followerOn({ colour }: ActingRequest, { screen, run }: Showing): Follower {
  const layout = layoutFor(run.terminal, colour);
  let told = nothingActed;
  const write = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    screen.clear();
    run.terminal.writeOut(`${lines.join('\n')}\n`);
  };
  return {
    happened(event, incident) {
      if (event.kind === 'observed') screen.announce({ kind: 'progress', text: watchingLine(event, incident) });
      const telling = tellActing(event, { incident, told, layout });
      told = telling.told;
      write(telling.lines);
    },
    rehearsed: (plan, outcomes) => write(tellRehearsal(plan, outcomes, layout)),
  };
}

interface End {
  readonly request: ActingRequest;
  readonly id: string;
  readonly worked: Extract<Worked, { readonly state: 'rested' }>;
  readonly composition: ActingComposition;
}

function writeEnd({ request, id, worked }: End, run: CommandRun): void {
  const { incident, resting, because } = worked;
  const { terminal } = run;
  if (request.output === 'json') terminal.writeOut(safeJson({ schema: incidentSchema, id, resting, because, incident }));
  if (request.output === 'markdown') terminal.writeOut(writeIncidentReport(id, incident));
  if (request.output === 'text') {
    const layout = layoutFor(terminal, request.colour);
    const lines = isDryRun(request) ? tellDryRun({ resting, because }, layout) : tellResting({ id, resting, because, incident }, layout);
    terminal.writeOut(`${lines.join('\n')}\n`);
  }
}

const incidentSchema = 'stanch.dev/incident/v1';
const mostListed = 50;

/** Lists incidents, or writes the notes of one. */
export async function showIncidents(request: Extract<CommandRequest, { readonly command: 'incidents' }>, run: CommandRun): Promise<number> {
  const { place, incident: id, output, colour } = request;
  const { terminal } = run;
  const composition = await (await run.compose()).openActing();
  if (id === undefined) {
    const listed = await composition.listIncidents(place, mostListed);
    if (listed.state === 'failed') return failed(listed, run);
    terminal.writeOut(
      output === 'json' ? safeJson(listed.incidents) : `${writeIncidentList(listed.incidents, layoutFor(terminal, colour)).join('\n')}\n`,
    );
    return 0;
  }
  const read = await composition.readIncident(place, id);
  if (read.state === 'failed') return failed(read, run);
  terminal.writeOut(
    output === 'json'
      ? safeJson({ schema: incidentSchema, id, incident: read.incident, events: read.events })
      : writeIncidentReport(id, read.incident),
  );
  return 0;
}

function failed(failure: Failure, { terminal }: CommandRun): number {
  terminal.writeError(`${writeFailureLine(failure)}\n`);
  return failedStatus;
}
