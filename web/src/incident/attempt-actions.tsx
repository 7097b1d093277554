import { type ReactElement, useState } from 'react';
import type { AttemptView, IncidentView } from '../../../src/surfaces/http/contract.ts';
import { useMayOperate } from '../server/signed-in.ts';
import { useAnnounce } from '../pieces/announcer.tsx';
import { FailureNote } from '../pieces/failure-note.tsx';
import { useWish } from '../server/incidents.ts';
import { ApprovalSheet } from './approval-sheet.tsx';
import { DeclineSheet } from './decline-sheet.tsx';
import { UndoSheet } from './undo-sheet.tsx';

interface ActedOn {
  readonly attempt: AttemptView;
  readonly view: IncidentView;
  readonly isLatest: boolean;
}

type Asked = 'approve' | 'decline' | 'undo';

/** What a human can do about a plan now. What cannot be done has no control at all. */
export function AttemptActions({ attempt, view, isLatest }: ActedOn): ReactElement | null {
  const [asked, setAsked] = useState<Asked>();
  const mayOperate = useMayOperate();
  const { canBeApproved, canBeUndone, proofs } = attempt;
  const canBeRestored = canBeUndone && attempt.purpose === 'mitigate' && (view.state === 'mitigated' || view.state === 'gate-closed');
  if (!canBeApproved && !canBeUndone) return null;
  if (!mayOperate) return <p className="quiet">You may look, not act: ask somebody who may operate.</p>;
  const close = (): void => setAsked(undefined);
  return (
    <div className="actions">
      {canBeApproved ? (
        <>
          <div className={isLatest ? 'thumb' : undefined}>
            <p aria-hidden="true">{attempt.title}</p>
            <button type="button" className="button button-primary" onClick={() => setAsked('approve')}>
              Approve …
            </button>
          </div>
          <button type="button" className="button" onClick={() => setAsked('decline')}>
            Decline …
          </button>
        </>
      ) : null}
      {canBeRestored ? (
        <Restoring view={view} words={proofs === undefined ? 'Check the gate, and put back' : 'Check the gate again'} />
      ) : null}
      {canBeUndone ? (
        <button type="button" className="button" onClick={() => setAsked('undo')}>
          Undo …
        </button>
      ) : null}
      <ApprovalSheet attempt={attempt} view={view} isOpen={asked === 'approve'} close={close} />
      <DeclineSheet attempt={attempt} view={view} isOpen={asked === 'decline'} close={close} />
      <UndoSheet attempt={attempt} view={view} isOpen={asked === 'undo'} close={close} />
    </div>
  );
}

/** Harmless to press: it looks, and puts back only what is proven to be safe. */
function Restoring({ view, words }: { readonly view: IncidentView; readonly words: string }): ReactElement {
  const wish = useWish(view.id);
  const announce = useAnnounce();
  return (
    <>
      <div className="thumb">
        <button
          type="button"
          className="button button-primary"
          disabled={wish.isPending}
          onClick={() => wish.mutate({ to: 'restore' }, { onSuccess: () => announce('The gate is being checked.') })}
        >
          {wish.isPending ? 'Sending …' : words}
        </button>
      </div>
      {wish.error === null ? null : <FailureNote failure={wish.error} />}
    </>
  );
}
