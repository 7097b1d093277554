import { memo, type ReactElement } from 'react';
import type { Axis, Investigation } from '../contract-parts.ts';
import { Glyph } from '../pieces/glyph.tsx';
import { Section } from '../pieces/section.tsx';
import { counted } from '../words/subject-words.ts';
import { BlastMatrix } from './blast-matrix.tsx';
import { leadingAxis } from './matrix-columns.ts';

type Scope = Investigation['scope'];

export const BlastRadius = memo(function BlastRadius({ scope }: { readonly scope: Scope }): ReactElement {
  const { matrix } = scope;
  return (
    <Section id="who" title="Who fails, who does not?" gist={<GistOf scope={scope} />}>
      {matrix === undefined ? (
        <p className="nothing">The pods could not be looked at, so nothing is said about their health.</p>
      ) : (
        <BlastMatrix matrix={matrix} axes={scope.axes} />
      )}
      <NotToldApart axes={scope.axes} />
    </Section>
  );
});

function GistOf({ scope }: { readonly scope: Scope }): ReactElement | null {
  const { axes, failing, matrix } = scope;
  if (matrix === undefined) return null;
  if (failing.length === 0) return <>No replica of what the page is about was seen to fail.</>;
  const leading = leadingAxis(matrix, axes);
  if (leading === undefined) return <>Nothing that the cluster knows separates those that fail from those that do not.</>;
  return (
    <>
      {leading.verdict === 'separates' ? 'What separates them is the ' : 'What separates them is most likely the '}
      {leading.axis}: <strong>{leading.value}</strong>. {counted(leading.failingWith, 'failing replica')} with it and{' '}
      {leading.failingWithout} without; {leading.healthyWith} healthy with it and {leading.healthyWithout} without.
    </>
  );
}

/** Axes that the replicas at hand cannot tell apart, and the look that would. */
function NotToldApart({ axes }: { readonly axes: readonly Axis[] }): ReactElement | null {
  const open = axes.filter((axis) => axis.wouldSettle !== undefined);
  if (open.length === 0) return null;
  return (
    <div className="aside-note">
      <h3>
        <Glyph tone="doubtful" /> Cannot tell apart yet
      </h3>
      <ul>
        {open.map((axis) => (
          <li key={axis.axis}>
            <strong>
              {axis.axis} {axis.value}
            </strong>
            {axis.confoundedWith.length === 0
              ? ': too few replicas to be sure.'
              : ` splits them exactly like ${axis.confoundedWith.join(', ')}.`}
            <span className="fact-line">To tell: {axis.wouldSettle}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
