import { createHash, randomBytes } from 'node:crypto';
import { accessSecretPrefix } from '../../domain/access-secret-shape.ts';

const secretBytes = 32;

/** 256 bits of randomness, as a token, a cookie or a name that nobody can guess. */
export function newSecret(): string {
  return `${accessSecretPrefix}${randomBytes(secretBytes).toString('base64url')}`;
}

/** What is kept of a secret. It has 256 bits, so that a fast hash is enough; looking it up by its hash tells nothing about the secret. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
