import { memo, type ReactElement } from 'react';
import type { TimelineEntry } from '../../../src/surfaces/http/contract.ts';
import { CitedEvidence } from '../pieces/claims.tsx';
import { Command } from '../pieces/command.tsx';
import { Glyph } from '../pieces/glyph.tsx';
import { ClockTime } from '../pieces/moment.tsx';
import { phases } from '../words/state-words.ts';

interface Item {
  readonly entry: TimelineEntry;
  readonly phaseBefore: TimelineEntry['phase'];
}

export const TimelineItem = memo(function TimelineItem({ entry, phaseBefore }: Item): ReactElement {
  const { phase } = entry;
  return (
    <li className={`entry${phase === undefined ? ' entry-deed' : ''}`}>
      {phase === undefined || phase === phaseBefore ? null : <p className="entry-phase">{phases[phase]}</p>}
      {phase === undefined ? <Deed entry={entry} /> : <Thought entry={entry} />}
    </li>
  );
});

function Thought({ entry: { citing, command, conclusion, text, title } }: { readonly entry: TimelineEntry }): ReactElement {
  return (
    <>
      <h3>{title}</h3>
      {text === undefined || text === '' ? null : (
        <ul className="entry-saw">
          {text.split('\n').map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      )}
      {conclusion === undefined ? null : <p className="entry-conclusion">{conclusion}</p>}
      {command === undefined ? null : <Commands lines={command} />}
      {citing === undefined ? null : <CitedEvidence ids={citing} />}
    </>
  );
}

function Deed({ entry: { at, by, citing, command, text, title, tone } }: { readonly entry: TimelineEntry }): ReactElement {
  return (
    <>
      <p className="entry-head">
        <Glyph tone={tone} />
        <span>
          <span className="entry-title">{title}</span>{' '}
          <span className="quiet">
            <ClockTime at={at} />
            {by === 'stanch' ? '' : `, ${by}`}
          </span>
        </span>
      </p>
      {text === undefined || text === '' ? null : <p className="entry-text">{text}</p>}
      {command === undefined ? null : <Commands lines={command} />}
      {citing === undefined ? null : <CitedEvidence ids={citing} />}
    </>
  );
}

function Commands({ lines }: { readonly lines: string }): ReactElement {
  return (
    <>
      {lines.split('\n').map((line) => (
        <Command key={line} line={line} />
      ))}
    </>
  );
}
