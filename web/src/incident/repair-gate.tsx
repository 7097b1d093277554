import type { ReactElement } from 'react';
import type { AttemptView } from '../../../src/surfaces/http/contract.ts';
import { Stands } from '../pieces/glyph.tsx';
import { Ago } from '../pieces/moment.tsx';
import type { Spoken } from '../words/state-words.ts';
import { ProofLine } from './preconditions.tsx';

type Proofs = NonNullable<AttemptView['proofs']>;

/** Whether what was set aside is whole again. One proof that is missing keeps the gate closed. */
export function RepairGate({ proofs }: { readonly proofs: Proofs }): ReactElement {
  return (
    <div className="gate">
      <h4>Is it whole again?</h4>
      <p>
        <Stands is={gateOf(proofs)} strong />{' '}
        <span className="quiet">
          checked <Ago at={proofs.at} />
        </span>
      </p>
      <ul className="proofs">
        {proofs.all.map(({ claim, holds, detail }) => (
          <ProofLine key={claim} claim={claim} holds={holds} detail={detail} />
        ))}
      </ul>
    </div>
  );
}

function gateOf({ all }: Proofs): Spoken {
  const held = all.filter(({ holds }) => holds === 'yes').length;
  const count = `${held} of ${all.length} proofs hold`;
  return held === all.length && held > 0
    ? { words: `The repair gate is open: ${count}`, tone: 'good' }
    : { words: `The repair gate is closed: ${count}`, tone: 'doubtful' };
}
