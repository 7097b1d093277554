import type { TimelineEntry } from '../../../src/surfaces/http/contract.ts';
import { type Connection, type ConnectionNews, withNews } from './connection.ts';
import { streamAddress } from './incidents.ts';
import { serverNow } from './server-clock.ts';

export interface Follower {
  readonly incident: string;
  /** First timeline position that is not known yet. */
  readonly from: number;
  readonly hearsEntry: (entry: TimelineEntry) => void;
  readonly hearsThatViewChanged: () => void;
  readonly hearsProgress: (text: string) => void;
  readonly connectionChanged: (connection: Connection) => void;
}

const waitsMilliseconds = [1_000, 2_000, 4_000, 8_000, 15_000] as const;
const lookEveryMilliseconds = 1_000;

/**
 * Follows an incident until it is told to stop. A browser takes a cut stream up again by itself, from the last event's id on;
 * where it gives up, or where a stream merely falls silent, a new one is opened from the same place.
 */
export function followIncident(follower: Follower): () => void {
  const following = new Following(follower);
  const clock = window.setInterval(() => following.look(), lookEveryMilliseconds);
  const online = (): void => following.openAtOnce();
  window.addEventListener('online', online);
  return () => {
    window.removeEventListener('online', online);
    window.clearInterval(clock);
    following.stop();
  };
}

class Following {
  readonly #follower: Follower;
  #connection: Connection = { state: 'connecting' };
  #next: number;
  #failures = 0;
  /** Absent: nothing is waited for. */
  #again: number | undefined;
  #source: EventSource;

  constructor(follower: Follower) {
    this.#follower = follower;
    this.#next = follower.from;
    this.#source = this.#open();
  }

  look(): void {
    if (this.#isLost()) return;
    this.#become('time-passed');
    if (this.#isLost()) this.#openLater();
  }

  openAtOnce(): void {
    if (!this.#isLost()) return;
    this.stop();
    this.#source = this.#open();
  }

  stop(): void {
    window.clearTimeout(this.#again);
    this.#again = undefined;
    this.#source.close();
  }

  #open(): EventSource {
    const { hearsEntry, hearsProgress, hearsThatViewChanged, incident } = this.#follower;
    const source = new EventSource(streamAddress(incident, this.#next));
    const heard = (kind: string, hears: (event: MessageEvent<string>) => void): void =>
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        this.#heard();
        hears(event);
      });
    source.addEventListener('open', () => this.#heard());
    heard('alive', () => undefined);
    heard('view', hearsThatViewChanged);
    heard('progress', ({ data }) => hearsProgress((JSON.parse(data) as { readonly text: string }).text));
    heard('entry', ({ data, lastEventId }) => {
      if (lastEventId !== '') this.#next = Number(lastEventId) + 1;
      hearsEntry(JSON.parse(data) as TimelineEntry);
    });
    source.addEventListener('error', () => {
      this.#become('failed');
      if (source.readyState === EventSource.CLOSED) this.#openLater();
    });
    return source;
  }

  #openLater(): void {
    this.#source.close();
    if (this.#again !== undefined) return;
    const wait = waitsMilliseconds[Math.min(this.#failures, waitsMilliseconds.length - 1)];
    this.#failures += 1;
    this.#again = window.setTimeout(() => {
      this.#again = undefined;
      this.#source = this.#open();
    }, wait);
  }

  #heard(): void {
    const wasLost = this.#isLost();
    this.#failures = 0;
    this.#become('heard');
    // What changed in between may be more than what the timeline tells.
    if (wasLost) this.#follower.hearsThatViewChanged();
  }

  #become(kind: ConnectionNews['kind']): void {
    const before = this.#connection;
    this.#connection = withNews(before, { kind, at: serverNow() });
    // When it was heard last is told only once it is lost.
    if (this.#connection.state !== before.state) this.#follower.connectionChanged(this.#connection);
  }

  #isLost(): boolean {
    return this.#connection.state === 'lost';
  }
}
