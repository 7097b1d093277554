import { changedSubject } from '../../domain/cluster-change.ts';
import { fieldAt, type FieldWrite, type JsonValue, patchSteps, type PreparedChange, standingOf } from '../../domain/prepared-change.ts';
import { spokenSubject } from '../../domain/subject.ts';
import type { ChangeOutcome } from '../../ports/actuator.ts';
import type { ClusterAnswer, ClusterRequests } from '../../ports/cluster-requests.ts';
import { spokenRefusal } from './advice.ts';
import { isForGood, readObject } from './read-object.ts';

export interface FieldWriting {
  readonly requests: ClusterRequests;
  readonly prepared: PreparedChange;
  readonly write: FieldWrite;
  /** True: the server only says what it would do. */
  readonly isRehearsal: boolean;
}

/** Controllers write to the status of busy objects several times a second; whoever loses so often is not the only one to change it. */
const mostAttempts = 6;
const pauseMilliseconds = 100;

/** What an earlier request of the same call leaves open. */
interface Doubt {
  readonly why: string;
  /** The version that the server found at fault with a patch that should have fitted. */
  readonly invalidVersion?: string;
  /** True: the server failed at it, perhaps after it was done. */
  readonly mayBeDone: boolean;
}

/** Reads, compares, writes only what fits, and looks again where somebody was faster. */
export async function writeFields(writing: FieldWriting, signal: AbortSignal): Promise<ChangeOutcome> {
  const { requests } = writing;
  let doubt: Doubt | undefined;
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    if (attempt > 1) await requests.pause(pauseMilliseconds * attempt, signal);
    const found = await find(writing, doubt, signal);
    if (found.state === 'ended') return found.outcome;
    if (signal.aborted) return { state: 'held-back', detail: `${spoken(writing)}: it was stopped before anything was written.` };
    const answer = await requests.send(patchOf(writing, found), signal);
    const judged = judge(writing, answer, found.resourceVersion);
    if (judged.state === 'ended') return judged.outcome;
    doubt = judged.doubt;
  }
  return heldBack(writing, doubt ?? { why: 'it was not tried', mayBeDone: false });
}

type Found =
  | { readonly state: 'fits'; readonly uid: string; readonly resourceVersion: string }
  | { readonly state: 'ended'; readonly outcome: ChangeOutcome };

async function find(writing: FieldWriting, doubt: Doubt | undefined, signal: AbortSignal): Promise<Found> {
  const { requests, prepared, write } = writing;
  const read = await readObject(requests, prepared.object.path, signal);
  if (read.state === 'unreadable') {
    if (doubt?.mayBeDone === true) return ended('unknown', `${doubt.why} Whether it was done cannot be seen: ${read.because}`);
    return ended(read.isForGood ? 'refused' : 'held-back', `Nothing was written: ${read.because}`);
  }
  const other = read.state === 'gone' ? 'is gone' : whyAnother(prepared, read.object);
  if (other !== undefined || read.state === 'gone') return ended('overtaken', `${spoken(writing)} ${other}; nothing was written.`);
  switch (standingOf(write, read.object)) {
    case 'after':
      return doubt?.mayBeDone === true
        ? ended('accepted', `${spoken(writing)}: carried out. ${doubt.why} But it was done.`)
        : ended('already-so', `${spoken(writing)} is like that already.`);
    case 'neither':
      return ended('overtaken', `${spoken(writing)} was changed by somebody else since this was prepared; it was left alone.`);
    case 'before': {
      const resourceVersion = versionOf(read.object);
      // Without a version the write could not be bound to what was read.
      if (resourceVersion === undefined) return ended('refused', `${spoken(writing)}: the server told no version of it.`);
      if (doubt?.mayBeDone === true) return { state: 'ended', outcome: heldBack(writing, doubt) };
      if (doubt?.invalidVersion === resourceVersion) return ended('refused', doubt.why);
      return { state: 'fits', uid: prepared.object.uid, resourceVersion };
    }
  }
}

export function versionOf(object: JsonValue): string | undefined {
  const version = fieldAt(object, '/metadata/resourceVersion');
  return typeof version === 'string' && version !== '' ? version : undefined;
}

/** Undefined: it is the very object that was prepared, and it stays. */
export function whyAnother({ object: { uid } }: PreparedChange, object: JsonValue): string | undefined {
  if (fieldAt(object, '/metadata/uid') !== uid) return 'is another object by now: it was deleted and made again';
  return fieldAt(object, '/metadata/deletionTimestamp') === undefined ? undefined : 'is being deleted';
}

export function patchOf({ prepared, write, isRehearsal }: Omit<FieldWriting, 'requests'>, expected: Parameters<typeof patchSteps>[1]) {
  const query = `?fieldManager=stanch${isRehearsal ? '&dryRun=All' : ''}`;
  return { method: 'PATCH', path: `${prepared.object.path}${query}`, body: patchSteps(write, expected) } as const;
}

type Judged = Extract<Found, { readonly state: 'ended' }> | { readonly state: 'in doubt'; readonly doubt: Doubt };

function judge(writing: FieldWriting, answer: ClusterAnswer, resourceVersion: string): Judged {
  const { isRehearsal } = writing;
  const what = `${spoken(writing)}:`;
  if (answer.state === 'answered') return ended('accepted', `${what} ${isRehearsal ? 'the server would carry it out' : 'carried out'}.`);
  if (answer.state === 'no-answer')
    return ended(
      isRehearsal ? 'held-back' : 'unknown',
      `${what} no answer came to the ${isRehearsal ? 'dry run' : 'write'}: ${answer.detail}.`,
    );
  const why = `${what} ${spokenRefusal(answer)}`;
  const { status } = answer;
  // Somebody was faster, or the object went away: what to make of it is seen by reading again.
  if (status === 409 || status === 404) return inDoubt({ why, mayBeDone: false });
  // Either a field is not as it was read, or the server cannot accept the object; only reading again tells which.
  if (status === 422) return inDoubt({ why, invalidVersion: resourceVersion, mayBeDone: false });
  // A server that fails may have written before it failed.
  if (status >= 500 && !isRehearsal) return inDoubt({ why, mayBeDone: true });
  return ended(isForGood(status) ? 'refused' : 'held-back', why);
}

function inDoubt(doubt: Doubt): Judged {
  return { state: 'in doubt', doubt };
}

function heldBack(writing: FieldWriting, { why }: Doubt): ChangeOutcome {
  return { state: 'held-back', detail: `${why} ${spoken(writing)} was read again: nothing of it was written.` };
}

function ended(state: ChangeOutcome['state'], detail: string): Extract<Found, { readonly state: 'ended' }> {
  return { state: 'ended', outcome: { state, detail } };
}

function spoken({ prepared }: Pick<FieldWriting, 'prepared'>): string {
  return spokenSubject(changedSubject(prepared.change));
}
