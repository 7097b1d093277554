import type { ReactElement } from 'react';
import type { Precondition } from '../contract-parts.ts';
import { Glyph } from '../pieces/glyph.tsx';
import { holdings } from '../words/state-words.ts';

export function PreconditionList({ all }: { readonly all: readonly Precondition[] }): ReactElement | null {
  if (all.length === 0) return null;
  return (
    <ul className="proofs">
      {all.map(({ claim, holds }) => (
        <ProofLine key={claim} claim={claim} holds={holds} />
      ))}
    </ul>
  );
}

interface Proving extends Precondition {
  readonly detail?: string | undefined;
}

/** One line that holds, does not, or cannot be told; the last two say so in words. */
export function ProofLine({ claim, holds, detail }: Proving): ReactElement {
  const { tone, words } = holdings[holds];
  return (
    <li className={`proof tone-${tone}`}>
      <Glyph tone={tone} />
      <span>
        <span className="proof-claim">{claim}</span>
        {holds === 'yes' ? <span className="for-ears">: holds</span> : <strong className="proof-word">: {words}</strong>}
        {detail === undefined ? null : <span className="proof-detail">{detail}</span>}
      </span>
    </li>
  );
}
