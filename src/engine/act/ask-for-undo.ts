import { isUndoable } from '../../workflow/undoable.ts';
import type { Acting, Failed } from './acting.ts';
import { Journal } from './journal.ts';

type Recording = Pick<Acting, 'store' | 'clock' | 'follower' | 'by'>;

/** Records that what is in force is to be put back: of one attempt, or of all. Undefined: it is recorded. */
export async function askForUndo(id: string, attempt: number | undefined, recording: Recording): Promise<Failed | undefined> {
  const journal = await Journal.open(id, recording);
  if ('attempted' in journal) return journal;
  const attempts = journal.incident.attempts.filter(({ number }) => attempt === undefined || number === attempt);
  if (attempt !== undefined && attempts.length === 0) {
    const numbers = journal.incident.attempts.map(({ number }) => number).join(', ');
    return {
      state: 'failed',
      attempted: `undoing attempt ${attempt} of ${id}`,
      happened: 'there is no such attempt',
      whatToDo: numbers === '' ? 'Nothing was attempted in this incident' : `Its attempts are ${numbers}`,
    };
  }
  for (const each of attempts.toReversed()) {
    if (!isUndoable(each)) continue;
    const happening = { kind: 'undo-asked', attempt: each.number, because: `${recording.by} asked for it` } as const;
    const recorded = await journal.record(happening, recording.by);
    if (recorded.state === 'failed') return recorded;
    if (recorded.state === 'overtaken') return askForUndo(id, attempt, recording);
  }
  return undefined;
}

/** Records that nothing more is to be done by itself. Undefined: it is recorded. */
export async function askToStop(id: string, recording: Recording): Promise<Failed | undefined> {
  const journal = await Journal.open(id, recording);
  if ('attempted' in journal) return journal;
  if (journal.incident.aborted !== undefined || journal.incident.closed !== undefined) return undefined;
  const recorded = await journal.record({ kind: 'aborted', because: `${recording.by} stopped it` }, recording.by);
  if (recorded.state === 'failed') return recorded;
  return recorded.state === 'overtaken' ? askToStop(id, recording) : undefined;
}
