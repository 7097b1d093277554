import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAlert } from '../../src/alert-payloads/parse-alert.ts';
import { readAlertExpression } from '../../src/alert-payloads/read-alert-expression.ts';
import { catalogue } from '../../src/catalogue/index.generated.ts';
import type { Question } from '../../src/domain/alert.ts';
import type { Snapshot } from '../../src/domain/evidence.ts';
import type { Investigation } from '../../src/domain/investigation.ts';
import type { Hypothesis } from '../../src/domain/reasoned.ts';
import { investigate } from '../../src/engine/investigate.ts';
import { openRecording } from '../../src/evidence-sources/recorded-bundle/open-recording.ts';
import { guardRails } from '../../src/guard-rails/index.generated.ts';
import { mitigations } from '../../src/mitigations/index.generated.ts';
import { silentAnnouncer } from '../../src/ports/announcer.ts';
import { assess } from '../../src/reasoning/assess.ts';
import { diagnose } from '../../src/reasoning/diagnose.ts';

export const recordingsFolder = new URL('../../recordings/', import.meta.url).pathname;

/**
 * Paths of all recordings below the folder, relative to it, sorted. A recording of ours is known by its recording.json; a foreign
 * bundle, which has none, by the expectation.json that somebody laid into it.
 */
export function recordingNames(folder: string = recordingsFolder): readonly string[] {
  const marks = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    const name = /^(?:(.*)[/])?(?:recording|expectation)[.]json$/.exec(path);
    return name === null ? [] : [name[1] ?? '.'];
  });
  const names = [...new Set(marks)].toSorted();
  // What lies inside of a recording is a part of it.
  return names.filter((name) => !names.some((other) => name !== other && (other === '.' || name.startsWith(`${other}/`))));
}

export interface Replay {
  readonly investigation: Investigation;
  readonly snapshot: Snapshot;
  readonly question: Question;
}

/** Works a recording as the command line does, and keeps what was seen. */
export async function replay(name: string, folder: string = recordingsFolder): Promise<Replay> {
  const opened = await openRecording(join(folder, name));
  if (opened.state === 'failed') throw new Error(`${opened.attempted}: ${opened.happened}`);
  const question = questionOf(opened.alert);
  const result = await investigate(
    {
      question,
      sources: [opened.source],
      catalogue,
      mitigations,
      guardRails,
      announcer: silentAnnouncer,
      clock: { now: () => 0 },
      budgetMilliseconds: 60_000,
    },
    new AbortController().signal,
  );
  if (result.state === 'failed') throw new Error(`${result.attempted}: ${result.happened}`);
  return { investigation: result.investigation, snapshot: result.snapshot, question };
}

function questionOf(saved: unknown): Question {
  const parsed = saved === undefined ? undefined : parseAlert(typeof saved === 'string' ? saved : JSON.stringify(saved));
  const alert = parsed?.state === 'parsed' ? parsed.alerts[0] : undefined;
  return {
    alert,
    alertExpression: alert?.expression === undefined ? undefined : readAlertExpression(alert.expression),
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 3_600_000,
  };
}

/** The roots that reasoning finds in a snapshot, best first. */
export function rootsIn(snapshot: Snapshot, question: Question): readonly Hypothesis[] {
  return hypothesesIn(snapshot, question).filter((each) => each.isRoot);
}

export function hypothesesIn(snapshot: Snapshot, question: Question): readonly Hypothesis[] {
  return diagnose(assess(question, snapshot), catalogue).hypotheses;
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
