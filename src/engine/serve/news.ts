import type { IncidentNews } from './served-incidents.ts';

type Hears = (news: IncidentNews) => void;

/** Who follows which incident, within this process. */
export class News {
  readonly #followers = new Map<string, Set<Hears>>();
  /** Number of events that followers were told of last. */
  readonly #told = new Map<string, number>();

  /** Returns what ends it. */
  follow(id: string, hears: Hears): () => void {
    const followers = this.#followers.get(id) ?? new Set();
    // The same function may follow twice.
    const own: Hears = (news) => hears(news);
    followers.add(own);
    this.#followers.set(id, followers);
    return () => {
      followers.delete(own);
      if (followers.size > 0 || this.#followers.get(id) !== followers) return;
      this.#followers.delete(id);
      this.#told.delete(id);
    };
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  /** More than what was told of before, whichever process stored it. */
  stored(id: string, length: number): void {
    const followers = this.#followers.get(id);
    if (followers === undefined || length <= (this.#told.get(id) ?? 0)) return;
    this.#told.set(id, length);
    for (const hears of followers) hears({ kind: 'stored', length });
  }

  progress(id: string, text: string): void {
    for (const hears of this.#followers.get(id) ?? []) hears({ kind: 'progress', text });
  }
}
