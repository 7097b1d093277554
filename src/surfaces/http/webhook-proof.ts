import { createHmac } from 'node:crypto';
import type { Secret } from '../../domain/secret.ts';
import { isSameSecret } from './same-origin.ts';

/** All secrets are tried, whichever fits, so that the time tells nothing. */
export function holdsOneOf(given: string | undefined, secrets: readonly Secret[]): boolean {
  return given !== undefined && secrets.map((secret) => isSameSecret(given, secret.reveal())).includes(true);
}

/** From "authorization: Bearer SECRET", or from basic auth, where the name does not matter. Undefined: neither. */
export function secretIn(authorization: string | undefined): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  if (bearer !== undefined) return bearer;
  const [, basic] = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(authorization ?? '') ?? [];
  if (basic === undefined) return undefined;
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}

/** While PagerDuty's secret is exchanged it signs with both. More than a few are no rotation. */
const mostSignatures = 10;

/** PagerDuty's V3 signatures: "v1=HMAC-SHA256 of the body", several of them parted by commas. */
export function isSignedByOneOf(signatures: string | undefined, body: Buffer, secrets: readonly Secret[]): boolean {
  const given = (signatures ?? '')
    .split(',')
    .slice(0, mostSignatures)
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each.startsWith('v1='));
  const expected = secrets.map((secret) => `v1=${createHmac('sha256', secret.reveal()).update(body).digest('hex')}`);
  return given.flatMap((one) => expected.map((other) => isSameSecret(one, other))).includes(true);
}
