import type { ReactElement } from 'react';
import { ServerFailure } from '../server/request.ts';
import { Glyph } from './glyph.tsx';

/** What was attempted, what happened, and what to do. */
export function FailureNote({ failure, again }: { readonly failure: Error; readonly again?: () => void }): ReactElement {
  const { attempted, happened, whatToDo } =
    failure instanceof ServerFailure
      ? failure
      : {
          attempted: 'Showing this',
          happened: failure.message,
          whatToDo: 'Load the page again. The command line shows the same incidents.',
        };
  return (
    <div className="failure-note" role="alert">
      <p>
        <Glyph tone="bad" /> <strong>{happened}</strong>
      </p>
      <p className="quiet">{attempted}</p>
      <p>{whatToDo}</p>
      {again === undefined ? null : (
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
