import { memo, type ReactElement } from 'react';
import type { Hypothesis, Investigation } from '../contract-parts.ts';
import { Claims } from '../pieces/claims.tsx';
import { Command } from '../pieces/command.tsx';
import { Disclosure } from '../pieces/disclosure.tsx';
import { Glyph } from '../pieces/glyph.tsx';
import { Section } from '../pieces/section.tsx';
import { confidenceWords } from '../words/measure-words.ts';
import { counted, subjectWords } from '../words/subject-words.ts';
import { Cascade } from './cascade.tsx';

interface WhyItFails {
  readonly hypotheses: readonly Hypothesis[];
  readonly blindSpots: Investigation['blindSpots'];
  readonly outcome: Investigation['outcome'];
}

export const Why = memo(function Why({ hypotheses, blindSpots, outcome }: WhyItFails): ReactElement {
  const roots = hypotheses.filter((each) => each.root);
  const consequences = hypotheses.filter((each) => !each.root);
  return (
    <Section id="why" title="Why?" gist={gistOf(outcome, roots)}>
      {roots.map((root) => (
        <Root key={root.rank} root={root} />
      ))}
      {consequences.length === 0 ? null : (
        <Disclosure summary={`${counted(consequences.length, 'finding')} that ${consequences.length === 1 ? 'follows' : 'follow'} from it`}>
          {() => (
            <ul className="consequences">
              {consequences.map((each) => (
                <li key={each.rank}>
                  {each.title} <span className="quiet">{subjectWords(each.subject)}</span>
                </li>
              ))}
            </ul>
          )}
        </Disclosure>
      )}
      <BlindSpots all={blindSpots} />
    </Section>
  );
});

function gistOf(outcome: Investigation['outcome'], roots: readonly Hypothesis[]): string | undefined {
  switch (outcome) {
    case 'healthy':
      return 'Nothing is left to explain.';
    case 'cannot-tell':
      return roots.length === 0
        ? 'The evidence does not tell why. What could not be seen is named below.'
        : 'The evidence does not tell why yet. These fit; each says what would raise or destroy it.';
    case 'explained':
      return roots.length > 1 ? `${counted(roots.length, 'cause')}, independent of each other.` : undefined;
  }
}

function Root({ root }: { readonly root: Hypothesis }): ReactElement {
  const { against, because, cascade, confidence, contributing, proven, rank, subject, title, wouldSettle } = root;
  return (
    <article className="root" aria-labelledby={`cause-${rank}`}>
      <h3 id={`cause-${rank}`}>{title}</h3>
      <p className="quiet">
        {subjectWords(subject)}, {confidenceWords(confidence)}
        {proven ? '' : '; this rule rests on written examples, no real cluster has shown it right yet'}
      </p>
      {cascade.length === 0 ? null : <Cascade steps={cascade} />}
      {contributing.length === 0 ? null : (
        <>
          <h4>Made possible by</h4>
          <Claims all={contributing} />
        </>
      )}
      <h4>Because</h4>
      <Claims all={because} />
      {against.length === 0 ? null : (
        <>
          <h4>Against it</h4>
          <Claims all={against} />
        </>
      )}
      {wouldSettle.length === 0 ? null : (
        <>
          <h4>
            <Glyph tone="doubtful" /> What would tell
          </h4>
          <ul className="claims">
            {wouldSettle.map((look) => (
              <li key={look}>{look}</li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}

function BlindSpots({ all }: { readonly all: WhyItFails['blindSpots'] }): ReactElement | null {
  if (all.length === 0) return null;
  return (
    <Disclosure
      summary={
        <>
          <Glyph tone="doubtful" /> {counted(all.length, 'thing')} could not be seen
        </>
      }
    >
      {() => (
        <ul className="blind-spots">
          {all.map(({ toSeeIt, what, why }) => (
            <li key={`${what}${why}`}>
              <strong>{what}</strong>: {why}
              <Command line={toSeeIt} />
            </li>
          ))}
        </ul>
      )}
    </Disclosure>
  );
}
