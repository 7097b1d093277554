import type { ReactElement } from 'react';
import type { Spoken, Tone } from '../words/state-words.ts';

/** Each tone has its own outline, so that it is told without colour as well. */
const shapes: { readonly [Each in Tone]: ReactElement } = {
  bad: (
    <>
      <path className="glyph-body" d="M8 .8 15.200 8 8 15.200.8 8z" />
      <path className="glyph-cut" d="m5.800 5.800 4.400 4.400m0-4.400-4.400 4.400" />
    </>
  ),
  good: (
    <>
      <circle className="glyph-ring" cx="8" cy="8" r="6.500" />
      <path className="glyph-line" d="m5 8.300 2.100 2.200L11 6" />
    </>
  ),
  doubtful: (
    <>
      <path className="glyph-ring glyph-dashed" d="M8 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13z" />
      <path className="glyph-line" d="M6.200 6.300a1.900 1.900 0 1 1 2.700 1.700c-.6.3-.9.6-.9 1.200M8 11.200v.3" />
    </>
  ),
  waiting: (
    <>
      <path className="glyph-body" d="M8 1 15.300 14.200H.7z" />
      <path className="glyph-cut" d="M8 5.800v4M8 11.800v.2" />
    </>
  ),
  busy: (
    <>
      <circle className="glyph-ring" cx="8" cy="8" r="6.500" />
      <path className="glyph-line" d="M8 4.500V8l2.300 1.600" />
    </>
  ),
  neutral: <circle className="glyph-ring" cx="8" cy="8" r="4" />,
};

export function Glyph({ tone }: { readonly tone: Tone }): ReactElement {
  return (
    <svg className={`glyph tone-${tone}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {shapes[tone]}
    </svg>
  );
}

export function Stands({ is, strong = false }: { readonly is: Spoken; readonly strong?: boolean }): ReactElement {
  return (
    <span className={`stands tone-${is.tone}${strong ? ' stands-strong' : ''}`}>
      <Glyph tone={is.tone} />
      <span>{is.words}</span>
    </span>
  );
}
