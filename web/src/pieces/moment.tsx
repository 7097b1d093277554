import { type ReactElement, useSyncExternalStore } from 'react';
import { onClockSet, serverNow } from '../server/server-clock.ts';
import { agoWords, clockTime, fullMoment, momentWords } from '../words/time-words.ts';

const everyMilliseconds = 5_000;
const listeners = new Set<() => void>();
let now = serverNow();
let stop: (() => void) | undefined;

function look(): void {
  now = serverNow();
  for (const listener of listeners) listener();
}

/** One timer for the whole page, and none where nothing grows old. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= start();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = undefined;
  };
}

function start(): () => void {
  now = serverNow();
  const clock = window.setInterval(look, everyMilliseconds);
  const forget = onClockSet(look);
  return () => {
    window.clearInterval(clock);
    forget();
  };
}

/** The server's time, a few seconds coarse: one clock for everything on the page that grows old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** "12:47:04"; with the day where it is another one. */
export function Moment({ at }: { readonly at: string }): ReactElement {
  const current = useNow();
  return (
    <time dateTime={at} title={fullMoment(at)}>
      {momentWords(at, current)}
    </time>
  );
}

/** "12:47:04" where the day is clear from around it, and nothing grows old. */
export function ClockTime({ at }: { readonly at: string }): ReactElement {
  return (
    <time dateTime={at} title={fullMoment(at)}>
      {clockTime(at)}
    </time>
  );
}

export function Ago({ at }: { readonly at: string }): ReactElement {
  const current = useNow();
  return (
    <time dateTime={at} title={fullMoment(at)}>
      {agoWords(at, current)}
    </time>
  );
}
