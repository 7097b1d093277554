import type { ReactElement } from 'react';
import type { AttemptView, IncidentView } from '../../../src/surfaces/http/contract.ts';
import type { Mitigation } from '../contract-parts.ts';
import { Section } from '../pieces/section.tsx';
import { subjectWords } from '../words/subject-words.ts';
import { AttemptCard } from './attempt-card.tsx';
import { OtherPlan } from './other-plan.tsx';

/** What stops the bleeding: what is proposed and what was tried, the latest first; then what else there would be. */
export function Plans({ view }: { readonly view: IncidentView }): ReactElement | null {
  const { attempts, investigation, unfit } = view;
  const others = (investigation?.mitigations ?? []).filter((plan) => !attempts.some((attempt) => isOf(attempt, plan)));
  if (attempts.length + others.length + unfit.length === 0 && investigation === undefined) return null;
  return (
    <Section id="first" title="Do this first" gist={gistOf(view, others)}>
      {attempts.toReversed().map((attempt, index) => (
        <AttemptCard key={attempt.number} attempt={attempt} view={view} isLatest={index === 0} />
      ))}
      {unfit.length === 0 ? null : (
        <ul className="unfit">
          {unfit.map((each) => (
            <li key={`${each.title}${each.because}`}>
              <strong>{each.title}</strong> was passed over: {each.because}
            </li>
          ))}
        </ul>
      )}
      {others.map((plan, index) => (
        <OtherPlan key={`${plan.id} ${subjectWords(plan.subject)}`} plan={plan} standing={standingOf(index, view)} />
      ))}
    </Section>
  );
}

function isOf(attempt: AttemptView, { id, subject }: Mitigation): boolean {
  return attempt.mitigation === id && subjectWords(attempt.subject) === subjectWords(subject);
}

function standingOf(index: number, { attempts, state }: IncidentView): string {
  if (index > 0 || attempts.length > 0) return 'Another plan, should the first not help';
  return state === 'investigating' ? 'Best plan so far; it is being prepared' : 'Best plan; it is not offered for approval';
}

function gistOf({ attempts, investigation }: IncidentView, others: readonly Mitigation[]): string | undefined {
  if (attempts.length > 0 || investigation === undefined) return undefined;
  if (others.length === 0) return 'There is nothing that would stop it without knowing more. The cause, below, is what to work on.';
  return others.every((plan) => plan.blocked) ? 'No plan can be carried out as things are; each says why.' : undefined;
}
