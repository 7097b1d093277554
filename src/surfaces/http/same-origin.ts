import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const csrfHeader = 'x-stanch-csrf';

/** Only whoever was given it by this server's own page can send it. Made from the session, so that nothing is kept. */
export function csrfOf(cookie: string): string {
  return createHash('sha256').update(`csrf ${cookie}`).digest('base64url');
}

/** In constant time, whatever lengths they have. */
export function isSameSecret(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

/**
 * Whether a request that a browser sent came from our own page. Programs send neither header. `publicAddress`: undefined
 * where it is not known; then the name that the browser itself used is the one to match.
 */
export function isFromOurPage(headers: IncomingHttpHeaders, publicAddress: string | undefined): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (origin === undefined) return true;
  if (publicAddress !== undefined && origin === publicAddress) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
