import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TimelineEntry } from '../../../src/surfaces/http/contract.ts';
import type { Connection } from '../server/connection.ts';
import { followIncident } from '../server/follow-incident.ts';
import { readTimeline, viewKey } from '../server/incidents.ts';
import { emptyLog, type TimelineLog, withEntries } from './timeline-log.ts';

export interface FollowedTimeline {
  readonly log: TimelineLog;
  readonly connection: Connection;
  /** What is looked at right now. Undefined: nothing is told. */
  readonly progress: string | undefined;
  readonly showEarlier: () => void;
  readonly earlier: 'idle' | 'reading' | 'failed';
  /** The latest that happened since the page was opened. Undefined: nothing did. */
  readonly latest: TimelineEntry | undefined;
}

const pageOfPositions = 100;
/** News within this time are drawn together. */
const gatherMilliseconds = 100;
/** A view is some hundred kilobytes; while an incident is acted on it changes many times a second, and is read once in it. */
const soonestMilliseconds = 100;
const betweenMilliseconds = 1_000;

/** The timeline of an incident as it grows. `length`: how long it was when the page was opened. */
export function useTimeline(incident: string, length: number): FollowedTimeline {
  const [start] = useState(() => Math.max(0, length - pageOfPositions));
  const [log, setLog] = useState(() => emptyLog(start));
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' });
  const [progress, setProgress] = useState<string>();
  const [latest, setLatest] = useState<TimelineEntry>();
  const [earlier, setEarlier] = useState<FollowedTimeline['earlier']>('idle');
  const [firstNews] = useState(length);
  const readViewAgain = useReadViewAgain(incident);

  useEffect(() => {
    const heard: TimelineEntry[] = [];
    let isGathering = 0;
    const draw = (): void => {
      isGathering = 0;
      const entries = heard.splice(0);
      setLog((known) => withEntries(known, entries));
      setLatest((before) => entries.findLast((entry) => entry.position >= firstNews) ?? before);
      setProgress(undefined);
    };
    // The stream begins where the page began to know anything, so that nothing lies between what was read and what is heard.
    const stop = followIncident({
      incident,
      from: start,
      hearsEntry: (entry) => {
        heard.push(entry);
        if (isGathering === 0) isGathering = window.setTimeout(draw, gatherMilliseconds);
      },
      hearsThatViewChanged: readViewAgain,
      hearsProgress: setProgress,
      connectionChanged: setConnection,
    });
    return () => {
      stop();
      window.clearTimeout(isGathering);
    };
  }, [incident, start, firstNews, readViewAgain]);

  const { from } = log;
  const showEarlier = useCallback(() => {
    const wish = { from: Math.max(0, from - pageOfPositions), limit: Math.min(pageOfPositions, from) };
    setEarlier('reading');
    readTimeline(incident, wish).then(
      ({ entries }) => {
        setLog((known) => withEntries(known, entries, { from: wish.from, until: from }));
        setEarlier('idle');
      },
      () => setEarlier('failed'),
    );
  }, [incident, from]);

  return { log, connection, progress, showEarlier, earlier, latest };
}

function useReadViewAgain(incident: string): () => void {
  const client = useQueryClient();
  const waiting = useRef<number>(undefined);
  const readAt = useRef(0);
  useEffect(() => () => window.clearTimeout(waiting.current), []);
  return useCallback(() => {
    const wait = Math.max(soonestMilliseconds, readAt.current + betweenMilliseconds - performance.now());
    waiting.current ??= window.setTimeout(() => {
      waiting.current = undefined;
      readAt.current = performance.now();
      void client.invalidateQueries({ queryKey: viewKey(incident) });
    }, wait);
  }, [client, incident]);
}
