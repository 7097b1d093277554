import { type Instant, millisecondsPerMinute, millisecondsPerSecond } from '../../domain/instant.ts';

/** Beyond so many keys the one that was silent longest is forgotten: a flood of addresses must not fill the memory. */
const mostKeys = 20_000;

/** Lets each key do something so often within a minute: at once, if it was quiet before, and evenly after that. */
export class RateLimiter {
  readonly #buckets = new Map<string, { left: number; at: Instant }>();
  readonly #perMinute: number;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Undefined: it may. Otherwise the seconds after which it may again. */
  take(key: string, now: Instant): number | undefined {
    const bucket = this.#refilled(key, now);
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return undefined;
    }
    return Math.ceil(((1 - bucket.left) * millisecondsPerMinute) / this.#perMinute / millisecondsPerSecond);
  }

  /** Whether it might, without taking anything. */
  isExhausted(key: string, now: Instant): boolean {
    return this.#refilled(key, now).left < 1;
  }

  #refilled(key: string, now: Instant): { left: number; at: Instant } {
    const known = this.#buckets.get(key);
    const since = Math.max(0, now - (known?.at ?? now));
    const left = Math.min(this.#perMinute, (known?.left ?? this.#perMinute) + (since * this.#perMinute) / millisecondsPerMinute);
    const bucket = { left, at: now };
    // A Map keeps the order of insertion: the first key is the one that was silent longest.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [silent] = this.#buckets.size > mostKeys ? this.#buckets.keys() : [];
    if (silent !== undefined) this.#buckets.delete(silent);
    return bucket;
  }
}

/** One customer of a provider has a whole /64 of IPv6, so that its addresses are one. Undefined: who asked is gone again. */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return '';
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? [] : Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
