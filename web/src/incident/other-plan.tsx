import type { ReactElement } from 'react';
import type { Mitigation } from '../contract-parts.ts';
import { Claims } from '../pieces/claims.tsx';
import { Command } from '../pieces/command.tsx';
import { Disclosure } from '../pieces/disclosure.tsx';
import { Glyph } from '../pieces/glyph.tsx';
import { reversibilities } from '../words/state-words.ts';
import { subjectWords } from '../words/subject-words.ts';
import { PreconditionList } from './preconditions.tsx';

/** A plan that is not, or not yet, offered for approval. A blocked one has its commands barred, and nothing that would run it. */
export function OtherPlan({ plan, standing }: { readonly plan: Mitigation; readonly standing: string }): ReactElement {
  const hindrances = plan.preconditions.filter(({ holds }) => holds !== 'yes');
  return (
    <article className={`plan plan-other${plan.blocked ? ' plan-blocked' : ''}`}>
      <p className="plan-standing">
        <Glyph tone={plan.blocked ? 'doubtful' : 'neutral'} /> {plan.blocked ? 'Blocked: nothing may carry this out' : standing}
      </p>
      <h3>{plan.title}</h3>
      <p className="plan-subject">{subjectWords(plan.subject)}</p>
      <p>{plan.why}</p>
      {plan.blocked ? <PreconditionList all={hindrances} /> : null}
      <Disclosure summary="The whole plan">{() => <WholePlan plan={plan} />}</Disclosure>
    </article>
  );
}

function WholePlan({ plan }: { readonly plan: Mitigation }): ReactElement {
  const { because, blocked, commands, expectation, preconditions, reversibility, saveFirst, undo, undoWhen, warnings } = plan;
  return (
    <>
      <h4>If</h4>
      <PreconditionList all={preconditions} />
      <h4>Save first</h4>
      <Commands lines={saveFirst} isBarred={false} none="Nothing is destroyed." />
      <h4>Then</h4>
      <Commands lines={commands} isBarred={blocked} none="Nothing to run." />
      {warnings.length === 0 ? null : <Warnings all={warnings} />}
      <h4>Expect</h4>
      <p>{expectation}</p>
      <h4>Undo</h4>
      <Commands lines={undo} isBarred={blocked} none={`None: it ${reversibilities[reversibility]}.`} />
      {undoWhen === undefined ? null : <p className="quiet">only when {undoWhen}</p>}
      <h4>Because</h4>
      <Claims all={because} />
    </>
  );
}

function Commands({
  lines,
  isBarred,
  none,
}: {
  readonly lines: readonly string[];
  readonly isBarred: boolean;
  readonly none: string;
}): ReactElement {
  if (lines.length === 0) return <p className="quiet">{none}</p>;
  return (
    <>
      {lines.map((line) => (
        <Command key={line} line={line} isBarred={isBarred} />
      ))}
    </>
  );
}

export function Warnings({ all }: { readonly all: readonly string[] }): ReactElement {
  return (
    <ul className="warnings">
      {all.map((warning) => (
        <li key={warning}>
          <Glyph tone="waiting" /> {warning}
        </li>
      ))}
    </ul>
  );
}
