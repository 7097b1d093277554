import type { Clock } from '../../ports/clock.ts';

/**
 * Follows the clock on the wall, and goes on by itself where that is set back: whoever waits for a minute waits no longer
 * because somebody corrected the time. `elapsedMilliseconds` counts on as long as the process runs.
 */
export function steadyClock(wall: Clock, elapsedMilliseconds: () => number): Clock {
  let last = wall.now();
  let lastElapsed = elapsedMilliseconds();
  return {
    now: () => {
      const elapsed = elapsedMilliseconds();
      last = Math.max(wall.now(), Math.floor(last + elapsed - lastElapsed));
      lastElapsed = elapsed;
      return last;
    },
  };
}
