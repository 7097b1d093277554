import type { ReactElement } from 'react';
import type { AttemptView, IncidentView } from '../../../src/surfaces/http/contract.ts';
import { useUser } from '../server/signed-in.ts';
import { useAnnounce } from '../pieces/announcer.tsx';
import { FailureNote } from '../pieces/failure-note.tsx';
import { Sheet } from '../pieces/sheet.tsx';
import { useWish } from '../server/incidents.ts';
import { reversibilities } from '../words/state-words.ts';
import { counted, subjectWords } from '../words/subject-words.ts';
import { Warnings } from './other-plan.tsx';

export interface AskedAbout {
  readonly attempt: AttemptView;
  readonly view: IncidentView;
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** The second of two steps: shows what will be run, word for word. The plan's mark goes with the answer, so that nothing else is approved. */
export function ApprovalSheet({ attempt, view, isOpen, close }: AskedAbout): ReactElement {
  const wish = useWish(view.id);
  const announce = useAnnounce();
  const user = useUser();
  const { changes, number, plan, subject, title, undo, reversibility, warnings } = attempt;
  const approve = (): void =>
    wish.mutate(
      { to: 'answer', attempt: number, plan, answer: 'yes' },
      {
        onSuccess: () => {
          announce('Approved. It is carried out now.');
          close();
        },
      },
    );
  return (
    <Sheet title={`${title}?`} isOpen={isOpen} close={close}>
      <p>
        On {subjectWords(subject)}, cluster <strong>{view.cluster}</strong>, approved by {user.name}. This will be run:
      </p>
      <ol className="will-run">
        {changes.map((change) => (
          <li key={change.command}>
            <code>{change.command}</code>
          </li>
        ))}
      </ol>
      {warnings.length === 0 ? null : <Warnings all={warnings} />}
      <p className="quiet">
        What it destroys is saved first.{' '}
        {undo.length === 0 ? `There is no undo: it ${reversibilities[reversibility]}.` : `Undo is ready: ${undo.join('; ')}`}
      </p>
      {wish.error === null ? null : <FailureNote failure={wish.error} />}
      <div className="choices">
        <button type="button" className="button button-go" disabled={wish.isPending} onClick={approve}>
          {wish.isPending
            ? 'Sending …'
            : `Run ${changes.length === 1 ? 'this command' : `these ${counted(changes.length, 'command')}`} now`}
        </button>
        <button type="button" className="button" onClick={close}>
          Not yet
        </button>
      </div>
    </Sheet>
  );
}
