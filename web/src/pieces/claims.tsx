import { createContext, type ReactElement, useContext } from 'react';
import type { Claim, Evidence } from '../contract-parts.ts';
import { Command } from './command.tsx';
import { Disclosure } from './disclosure.tsx';
import { Moment } from './moment.tsx';

/** The evidence that claims of the shown investigation cite. */
export const EvidenceAtHand = createContext<Evidence>({});

export function Claims({ all }: { readonly all: readonly Claim[] }): ReactElement {
  return (
    <ul className="claims">
      {all.map((claim) => (
        <li key={claim.says}>
          <ClaimLine claim={claim} />
        </li>
      ))}
    </ul>
  );
}

export function ClaimLine({ claim }: { readonly claim: Claim }): ReactElement {
  return (
    <>
      <span>{claim.says}</span> <CitedEvidence ids={claim.citing} />
    </>
  );
}

/** Opens in place what a sentence rests on. */
export function CitedEvidence({ ids }: { readonly ids: readonly string[] }): ReactElement | null {
  const evidence = useContext(EvidenceAtHand);
  const known = ids.filter((id) => Object.hasOwn(evidence, id));
  if (known.length === 0) return null;
  return (
    <Disclosure className="evidence" summary={<EvidenceCount count={known.length} />}>
      {() => (
        <ul className="evidence-list">
          {known.map((id) => (
            <EvidenceItem key={id} id={id} />
          ))}
        </ul>
      )}
    </Disclosure>
  );
}

function EvidenceCount({ count }: { readonly count: number }): ReactElement {
  return <>evidence{count === 1 ? '' : ` (${count})`}</>;
}

function EvidenceItem({ id }: { readonly id: string }): ReactElement | null {
  const found = useContext(EvidenceAtHand)[id];
  if (found === undefined) return null;
  return (
    <li>
      <p className="evidence-origin">
        {found.source.replaceAll('-', ' ')}, <Moment at={found.at} />
      </p>
      <pre className="excerpt">{found.excerpt}</pre>
      <Command line={found.command} />
    </li>
  );
}
