import type { ReactElement } from 'react';
import type { Hypothesis } from '../contract-parts.ts';
import { Claims } from '../pieces/claims.tsx';

/** The steps of a cascade with their evidence, for whoever cannot see the picture or wants to know what it rests on. */
export function CascadeInWords({ steps }: { readonly steps: Hypothesis['cascade'] }): ReactElement {
  return (
    <ol className="cascade-words">
      {steps.map(({ because, from, to }) => (
        <li key={`${from}${to}`}>
          <strong>{from}</strong> → {to}
          <Claims all={because} />
        </li>
      ))}
    </ol>
  );
}
