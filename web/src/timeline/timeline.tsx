import { memo, type ReactElement, useRef } from 'react';
import type { TimelineEntry } from '../../../src/surfaces/http/contract.ts';
import { counted } from '../words/subject-words.ts';
import { TimelineItem } from './timeline-item.tsx';
import { entryKey, type TimelineBlock } from './timeline-log.ts';
import type { FollowedTimeline } from './use-timeline.ts';

/** Everything that was thought and done, oldest first, as it grows. */
export function Timeline({ timeline }: { readonly timeline: FollowedTimeline }): ReactElement {
  const { earlier, log, showEarlier } = timeline;
  const end = useRef<HTMLDivElement>(null);
  return (
    <section className="timeline" aria-labelledby="timeline-title" id="timeline">
      <div className="timeline-head">
        <h2 id="timeline-title">Thought by thought</h2>
        <button type="button" className="button button-plain" onClick={() => end.current?.scrollIntoView({ block: 'end' })}>
          To the latest
        </button>
      </div>
      <div className="timeline-scroll" role="region" aria-label="Timeline" tabIndex={0}>
        {log.from === 0 ? null : (
          <p>
            <button type="button" className="button" disabled={earlier === 'reading'} onClick={showEarlier}>
              {earlier === 'reading' ? 'Reading …' : `Show earlier: ${counted(log.from, 'step')} before these`}
            </button>
            {earlier === 'failed' ? <span role="alert"> They could not be read. Try again.</span> : null}
          </p>
        )}
        {log.blocks.length === 0 ? <p className="quiet">Nothing has happened yet.</p> : null}
        {log.blocks.map((block, index) => (
          <Block key={block.number} block={block} before={log.blocks[index - 1]?.entries.at(-1)} />
        ))}
        <div ref={end} />
      </div>
    </section>
  );
}

interface BlockAtHand {
  readonly block: TimelineBlock;
  /** The entry before it, which may belong to the same phase. */
  readonly before: TimelineEntry | undefined;
}

/** Guesses, by which a block that was never drawn keeps its place; the true height follows when it is. */
const thoughtPixels = 330;
const deedPixels = 40;

const Block = memo(function Block({ block: { entries }, before }: BlockAtHand): ReactElement {
  const thoughts = entries.filter(({ phase }) => phase !== undefined).length;
  const guess = thoughts * thoughtPixels + (entries.length - thoughts) * deedPixels;
  return (
    <ol className="timeline-block" style={{ containIntrinsicSize: `auto none auto ${guess}px` }}>
      {entries.map((entry, index) => (
        <TimelineItem key={entryKey(entry)} entry={entry} phaseBefore={(index === 0 ? before : entries[index - 1])?.phase} />
      ))}
    </ol>
  );
});
