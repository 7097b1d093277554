import { type ReactElement, useState } from 'react';
import { FailureNote } from '../pieces/failure-note.tsx';
import { Sheet } from '../pieces/sheet.tsx';
import { useWish } from '../server/incidents.ts';
import type { AskedAbout } from './approval-sheet.tsx';

export function DeclineSheet({ attempt, view, isOpen, close }: AskedAbout): ReactElement {
  const [because, setBecause] = useState('');
  const wish = useWish(view.id);
  const decline = (): void =>
    wish.mutate(
      {
        to: 'answer',
        attempt: attempt.number,
        plan: attempt.plan,
        answer: 'no',
        ...(because.trim() === '' ? {} : { because: because.trim() }),
      },
      { onSuccess: close },
    );
  return (
    <Sheet title={`Decline: ${attempt.title}?`} isOpen={isOpen} close={close}>
      <p>Nothing is changed. The next plan is offered, if there is one.</p>
      <label htmlFor="decline-because">Why? It goes into the notes, and may be left empty</label>
      <textarea id="decline-because" rows={3} value={because} onChange={(event) => setBecause(event.target.value)} />
      {wish.error === null ? null : <FailureNote failure={wish.error} />}
      <div className="choices">
        <button type="button" className="button button-bad" disabled={wish.isPending} onClick={decline}>
          Decline
        </button>
        <button type="button" className="button" onClick={close}>
          Not yet
        </button>
      </div>
    </Sheet>
  );
}
