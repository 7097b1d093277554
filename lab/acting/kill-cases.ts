import { DatabaseSync } from 'node:sqlite';
import { pause } from '../run-program.ts';
import {
  closeNight,
  ended,
  type FaultCase,
  type Night,
  openNight,
  repeated,
  resume,
  startMitigation,
  startUndo,
  incidentIn,
  undoAndCompare,
  untruths,
} from './fault-case.ts';
import type { StanchRun } from './stanch-run.ts';
import type { Moments } from './write-proxy.ts';

/** cordon, and two evictions. */
const writesOfPlan = 3;
/** So many events are stored until the mitigation is judged; those that observe are alike. */
const eventsOfPlan = 14;

type Moment = 'before it reached the server' | 'before its answer was handed on' | 'after its answer was handed on';
const moments: readonly Moment[] = ['before it reached the server', 'before its answer was handed on', 'after its answer was handed on'];

/** Killed with SIGKILL at every write and after every stored event, of a mitigation and of its undo. */
export const killCases: readonly FaultCase[] = [
  ...Array.from({ length: writesOfPlan }, (_, index) => moments.map((moment) => killedAtWrite(index + 1, moment))).flat(),
  ...Array.from({ length: eventsOfPlan }, (_, index) => killedAfterEvent(index + 1)),
  ...moments.map(undoKilledAtWrite),
];

function killedAtWrite(number: number, moment: Moment): FaultCase {
  return {
    name: `killed at write ${number}, ${moment}`,
    run: (setting) =>
      inNight(setting, async (night) => {
        const run = startMitigation(night);
        setting.proxy.watch(killing(number, moment, () => run.kill('SIGKILL')));
        return [...ended('the run that was to be killed', await run.ended, undefined), ...(await takeUpAgain(night))];
      }),
  };
}

function killedAfterEvent(count: number): FaultCase {
  return {
    name: `killed after event ${count} was stored`,
    run: (setting) =>
      inNight(setting, async (night) => {
        setting.proxy.watch();
        const run = startMitigation(night);
        await waitForEvents(night, count, run);
        run.kill('SIGKILL');
        return [...ended('the run that was to be killed', await run.ended, undefined), ...(await takeUpAgain(night))];
      }),
  };
}

function undoKilledAtWrite(moment: Moment): FaultCase {
  return {
    name: `undo killed at its write, ${moment}`,
    run: (setting) =>
      inNight(setting, async (night) => {
        setting.proxy.watch();
        const wrong = [...ended('stanch mitigate', await startMitigation(night).ended, 0)];
        const id = incidentIn(night);
        const run = startUndo(night, id);
        setting.proxy.watch(killing(1, moment, () => run.kill('SIGKILL')));
        wrong.push(...ended('the undo that was to be killed', await run.ended, undefined), ...(await untruths(night)));
        wrong.push(...(await undoAndCompare(night, id)), ...repeated(setting.proxy.writes()));
        return wrong;
      }),
  };
}

export async function inNight(setting: Night['setting'], work: (night: Night) => Promise<readonly string[]>): Promise<readonly string[]> {
  const night = await openNight(setting);
  try {
    return await work(night);
  } finally {
    await closeNight(night);
  }
}

/** What was recorded is true; going on does what is left and nothing twice; and the undo leaves everything as it was. */
async function takeUpAgain(night: Night): Promise<readonly string[]> {
  const wrong = [...(await untruths(night))];
  const id = incidentIn(night);
  wrong.push(...ended('stanch mitigate --incident', await resume(night, id), 0), ...(await untruths(night)));
  const done = night.setting.proxy.writes().filter(({ status }) => status !== undefined && status < 300).length;
  if (done !== writesOfPlan) wrong.push(`${done} writes were accepted, expected ${writesOfPlan}`);
  wrong.push(...(await undoAndCompare(night, id)), ...repeated(night.setting.proxy.writes()));
  return wrong;
}

function killing(number: number, moment: Moment, kill: () => void): Moments {
  const at = (wanted: Moment) => (write: { readonly number: number }) => {
    if (moment !== wanted || write.number !== number) return false;
    kill();
    return true;
  };
  const [before, unanswered, answered] = [at(moments[0] ?? moment), at(moments[1] ?? moment), at(moments[2] ?? moment)];
  return {
    before: (write) => Promise.resolve(before(write) ? 'cut' : undefined),
    unanswered: (write) => Promise.resolve(unanswered(write) ? 'cut' : undefined),
    answered: (write) => void answered(write),
  };
}

/** Watches the database from outside, as another process may. */
async function waitForEvents({ databaseFile }: Night, count: number, run: StanchRun): Promise<void> {
  let hasEnded = false;
  void run.ended.then(() => (hasEnded = true));
  while (!hasEnded && storedEvents(databaseFile) < count) await pause(5);
}

function storedEvents(databaseFile: string): number {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(databaseFile, { readOnly: true });
    return Number(database.prepare('select count(*) as stored from incident_event').get()?.['stored'] ?? 0);
  } catch {
    // Not there yet, or locked for the blink of a write.
    return 0;
  } finally {
    database?.close();
  }
}
