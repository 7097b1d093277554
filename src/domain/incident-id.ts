import type { Instant } from './instant.ts';

/** Without 0, 1, l and o, which are mistaken for one another when they are read aloud. 32 of them, so that a byte falls on each alike. */
const unmistakable = '23456789abcdefghijkmnpqrstuvwxyz';
const endingLetters = 4;
const longestSlug = 40;
const firstUnspeakable = Date.UTC(10_000, 0);

/**
 * The name of an incident, for example "2026-11-21-0247-payment-service-error-rate-k3f9": when it was opened (UTC), what
 * the page is called, and an ending that tells apart what has these in common. Sorts by the minute of opening; safe as a
 * file name and as a word of a shell. `randomness`: bytes; only as many are used as the ending has letters.
 */
export function incidentId(openedAt: Instant, alert: string | undefined, randomness: readonly number[]): string {
  const speakable = Math.min(Math.max(0, openedAt || 0), firstUnspeakable - 1);
  const minute = new Date(speakable).toISOString().slice(0, 16).replace('T', '-').replace(':', '');
  const ending = Array.from({ length: endingLetters }, (_, index) => unmistakable[(randomness[index] ?? 0) % unmistakable.length]).join('');
  return [minute, slugOf(alert ?? '') || 'incident', ending].join('-');
}

/** True: it has the form of an incident's name, and cannot lead a path or a command astray. */
export function isIncidentId(text: string): boolean {
  return text.length <= 80 && /^\d{4}-\d\d-\d\d-\d{4}(-[a-z0-9]+)+$/.test(text);
}

/** "KubePodCrashLooping" → "kube-pod-crash-looping". Empty: it holds neither letters of the Latin alphabet nor digits. */
function slugOf(name: string): string {
  const words = name
    .slice(0, 4 * longestSlug)
    .normalize('NFKD')
    // What an accent leaves behind when it is taken apart from its letter.
    .replace(/\p{M}+/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word.slice(0, longestSlug) : `${slug}-${word}`;
    if (longer.length > longestSlug) break;
    slug = longer;
  }
  return slug;
}
