import { lazy, memo, type ReactElement, Suspense, useMemo } from 'react';
import type { Change, Investigation, Series } from '../contract-parts.ts';
import { CitedEvidence } from '../pieces/claims.tsx';
import { Disclosure } from '../pieces/disclosure.tsx';
import { Stands } from '../pieces/glyph.tsx';
import { Moment } from '../pieces/moment.tsx';
import { Section } from '../pieces/section.tsx';
import { standings } from '../words/state-words.ts';
import { counted, subjectWords } from '../words/subject-words.ts';
import { besideOnset } from '../words/time-words.ts';
import { type NumberedChange, numbered } from './numbered-changes.ts';

const ChangeDrawing = lazy(async () => ({ default: (await import('./change-drawing.tsx')).ChangeDrawing }));

interface WhatChanged {
  readonly changes: readonly Change[];
  readonly measured: Series | undefined;
  readonly onset: Investigation['onset'];
  readonly seenUntil: string;
}

export const Changes = memo(function Changes({ changes, measured, onset, seenUntil }: WhatChanged): ReactElement {
  const all = useMemo(() => numbered(changes), [changes]);
  const considered = all.filter(({ number }) => number !== undefined);
  const unrelated = all.filter(({ number }) => number === undefined);
  return (
    <Section id="changed" title="What changed?" gist={gistOf(changes)}>
      <Suspense fallback={<div className="drawing-place" />}>
        <ChangeDrawing changes={all} measured={measured} onset={onset?.at} seenUntil={seenUntil} />
      </Suspense>
      <ol className="changes">
        {considered.map((each) => (
          <ConsideredChange key={each.number} numbered={each} onset={onset?.at} />
        ))}
      </ol>
      {unrelated.length === 0 ? null : (
        <Disclosure summary={`${counted(unrelated.length, 'change')} that had nothing to do with it`}>
          {() => (
            <ul className="changes-unrelated">
              {unrelated.map(({ change }) => (
                <li key={`${change.at}${change.summary}${subjectWords(change.subject)}`}>
                  <Moment at={change.at} /> {subjectWords(change.subject)}: {change.summary}
                </li>
              ))}
            </ul>
          )}
        </Disclosure>
      )}
    </Section>
  );
});

function gistOf(changes: readonly Change[]): string {
  const count = (standing: Change['standing']): number => changes.filter((change) => change.standing === standing).length;
  const [suspects, acquitted] = [count('suspect'), count('acquitted')];
  if (changes.length === 0) return 'No change was seen in the time that was read.';
  if (suspects + acquitted === 0) return 'None of the changes that were seen could have to do with it.';
  return `${suspects === 0 ? 'No change is suspected' : `${counted(suspects, 'suspect')}: order, scope and mechanism fit`}${
    acquitted === 0 ? '' : `; ${acquitted} acquitted, though near in time`
  }.`;
}

function ConsideredChange({
  numbered: { change, number },
  onset,
}: {
  readonly numbered: NumberedChange;
  readonly onset: string | undefined;
}): ReactElement {
  const { at, because, standing, subject, summary } = change;
  return (
    <li className={`change change-${standing}`}>
      <span className="change-number">{number}</span>
      <div>
        <p className="change-head">
          <Stands is={standings[standing]} strong />
          <span className="quiet">
            <Moment at={at} />
            {onset === undefined ? '' : `, ${besideOnset(at, onset)}`}
          </span>
        </p>
        <p className="change-summary">{summary}</p>
        <p className="quiet">{subjectWords(subject)}</p>
        <p>
          {because.at(-1)?.says} <CitedEvidence ids={[...new Set(because.flatMap((claim) => claim.citing))]} />
        </p>
      </div>
    </li>
  );
}
