import type { ReactElement } from 'react';
import { useAnnounce } from '../pieces/announcer.tsx';
import { FailureNote } from '../pieces/failure-note.tsx';
import { Glyph } from '../pieces/glyph.tsx';
import { Sheet } from '../pieces/sheet.tsx';
import { useWish } from '../server/incidents.ts';
import { counted } from '../words/subject-words.ts';
import type { AskedAbout } from './approval-sheet.tsx';

export function UndoSheet({ attempt, view, isOpen, close }: AskedAbout): ReactElement {
  const wish = useWish(view.id);
  const announce = useAnnounce();
  const { number, title, undo, undoWhen } = attempt;
  const putBack = (): void =>
    wish.mutate(
      { to: 'undo', attempt: number },
      {
        onSuccess: () => {
          announce('It is being put back.');
          close();
        },
      },
    );
  return (
    <Sheet title={`Put back: ${title}?`} isOpen={isOpen} close={close}>
      <p>Of this, whatever is still in force will be run on {view.cluster}:</p>
      <ol className="will-run">
        {undo.map((line) => (
          <li key={line}>
            <code>{line}</code>
          </li>
        ))}
      </ol>
      {undoWhen === undefined ? null : (
        <p className="because">
          <Glyph tone="waiting" /> Nothing is checked before. It is safe only when {undoWhen}
        </p>
      )}
      {wish.error === null ? null : <FailureNote failure={wish.error} />}
      <div className="choices">
        <button type="button" className="button button-go" disabled={wish.isPending} onClick={putBack}>
          {wish.isPending ? 'Sending …' : `Run ${undo.length === 1 ? 'this command' : `these ${counted(undo.length, 'command')}`} now`}
        </button>
        <button type="button" className="button" onClick={close}>
          Not yet
        </button>
      </div>
    </Sheet>
  );
}
