import type { ReactElement } from 'react';
import type { AttemptView, ChangeView, IncidentView } from '../../../src/surfaces/http/contract.ts';
import { Command } from '../pieces/command.tsx';
import { Disclosure } from '../pieces/disclosure.tsx';
import { Stands } from '../pieces/glyph.tsx';
import { Ago } from '../pieces/moment.tsx';
import { changeStates, judgements, reversibilities, type Spoken } from '../words/state-words.ts';
import { counted, subjectWords } from '../words/subject-words.ts';
import { AttemptActions } from './attempt-actions.tsx';
import { Warnings } from './other-plan.tsx';
import { PreconditionList } from './preconditions.tsx';
import { RepairGate } from './repair-gate.tsx';
import { Watching } from './watching.tsx';

interface AttemptAtHand {
  readonly attempt: AttemptView;
  readonly view: IncidentView;
  readonly isLatest: boolean;
}

export function AttemptCard({ attempt, view, isLatest }: AttemptAtHand): ReactElement {
  const { number, purpose, subject, title, why } = attempt;
  return (
    <article className={`plan${attempt.canBeApproved ? ' plan-open' : ''}`} aria-labelledby={`attempt-${number}`}>
      <p className="plan-standing">
        <Stands is={standingOf(attempt)} strong />
        <span className="quiet">
          {purpose === 'mitigate' ? 'to stop the bleeding' : 'to repair'}
          {view.attempts.length > 1 ? `, attempt ${number}` : ''}
        </span>
      </p>
      <h3 id={`attempt-${number}`}>{title}</h3>
      <p className="plan-subject">{subjectWords(subject)}</p>
      <p className="plan-why">{why}</p>
      {attempt.warnings.length === 0 ? null : <Warnings all={attempt.warnings} />}
      {isLatest ? (
        <AttemptBody attempt={attempt} view={view} />
      ) : (
        <Disclosure summary="What was done">{() => <AttemptBody attempt={attempt} view={view} />}</Disclosure>
      )}
      <AttemptActions attempt={attempt} view={view} isLatest={isLatest} />
    </article>
  );
}

function standingOf({ approval, canBeApproved, changes, declined, judgement, undoAsked }: AttemptView): Spoken {
  const isBack = changes.every(({ state }) => state === 'put-back' || state === 'planned');
  if (undoAsked !== undefined) return isBack ? { words: 'Put back', tone: 'neutral' } : { words: 'Being put back', tone: 'busy' };
  if (judgement !== undefined) return judgements[judgement.is];
  if (declined !== undefined) return { words: 'Declined', tone: 'neutral' };
  if (canBeApproved) return { words: 'Waiting for your approval', tone: 'waiting' };
  if (approval !== undefined)
    return { words: changes.every(({ state }) => state === 'done') ? 'Carried out, being watched' : 'Being carried out', tone: 'busy' };
  return { words: 'Not approved', tone: 'neutral' };
}

function AttemptBody({ attempt, view }: { readonly attempt: AttemptView; readonly view: IncidentView }): ReactElement {
  const { approval, changes, declined, evidencePath, expectation, judgement, preconditions, proofs, watched } = attempt;
  return (
    <>
      <h4>If</h4>
      <PreconditionList all={preconditions} />
      <h4>{counted(changes.length, 'change')}, in this order</h4>
      <ChangesOfPlan changes={changes} />
      <dl className="plan-facts">
        <dt>Expect</dt>
        <dd>{expectation}</dd>
        <dt>Undo</dt>
        <dd>
          <UndoOf attempt={attempt} />
        </dd>
        {evidencePath === undefined ? null : (
          <>
            <dt>Saved first</dt>
            <dd className="path">{evidencePath}</dd>
          </>
        )}
        {approval === undefined ? null : (
          <>
            <dt>Approved</dt>
            <dd>
              by {approval.how === 'policy' ? 'the policy: ' : ''}
              {approval.by}, <Ago at={approval.at} />
            </dd>
          </>
        )}
        {declined === undefined ? null : (
          <>
            <dt>Declined</dt>
            <dd>{declined}</dd>
          </>
        )}
      </dl>
      {watched.length === 0 ? null : <Watching watched={watched} measured={view.investigation?.alert.measured} />}
      {judgement === undefined ? null : <JudgementOf judgement={judgement} />}
      {proofs === undefined ? null : <RepairGate proofs={proofs} />}
    </>
  );
}

function ChangesOfPlan({ changes }: { readonly changes: readonly ChangeView[] }): ReactElement {
  // What the server said to the dry run is mostly the same of all: then it is said once.
  const answers = new Set(changes.map(({ detail, state }) => (state === 'planned' ? detail : undefined)));
  const [answer] = answers.size === 1 ? answers : [];
  return (
    <>
      <ol className="changes-of-plan">
        {changes.map((change) => (
          <li key={change.command}>
            <Command line={change.command} />
            {answer === undefined ? <StateOfChange change={change} /> : null}
          </li>
        ))}
      </ol>
      {answer === undefined ? null : <p className="change-state quiet">Dry run: {answer}</p>}
    </>
  );
}

function StateOfChange({ change: { detail, state } }: { readonly change: ChangeView }): ReactElement | null {
  if (state === 'planned' && detail === undefined) return null;
  return (
    <p className="change-state">
      {state === 'planned' ? null : <Stands is={changeStates[state]} />}
      {detail === undefined ? null : <span className="quiet">{state === 'planned' ? `Dry run: ${detail}` : detail}</span>}
    </p>
  );
}

function UndoOf({ attempt: { reversibility, undo, undoWhen } }: { readonly attempt: AttemptView }): ReactElement {
  if (undo.length === 0) return <>none: it {reversibilities[reversibility]}</>;
  return (
    <>
      {undo.map((line) => (
        <Command key={line} line={line} />
      ))}
      {undoWhen === undefined ? null : <span className="quiet">only when {undoWhen}</span>}
    </>
  );
}

function JudgementOf({ judgement }: { readonly judgement: NonNullable<AttemptView['judgement']> }): ReactElement {
  return (
    <div className={`judgement tone-ground-${judgements[judgement.is].tone}`}>
      <p>
        <Stands is={judgements[judgement.is]} strong />{' '}
        <span className="quiet">
          <Ago at={judgement.at} />
        </span>
      </p>
      <ul>
        {judgement.because.map((says) => (
          <li key={says}>{says}</li>
        ))}
      </ul>
    </div>
  );
}
