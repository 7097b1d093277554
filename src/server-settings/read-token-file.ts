import { Secret } from '../domain/secret.ts';
import { accessSecretPrefix, isSecretLike } from '../domain/access-secret-shape.ts';
import { type FileFailure, readSecretFile } from '../strict-yaml/read-owned-file.ts';

export type TokenReading = { readonly state: 'read'; readonly secret: Secret } | FileFailure;

/** 43 random ones of 64 characters have fewer than this once in more than 10^13 times; what was typed or copied from a page has. */
const leastDifferentCharacters = 16;

const howToMakeOne = 'Make one with: echo "stanch_$(head -c 32 /dev/urandom | base64 | tr +/ -_ | tr -d =)"';

/** Reads the administrator's token that an operator or an orchestrator made. Never throws, and no message holds the token. */
export async function readTokenFile(path: string): Promise<TokenReading> {
  const read = await readSecretFile(path, "the administrator's token");
  if (read.state === 'failed') return read;
  const text = read.text.trim();
  const failed = (happened: string): FileFailure => ({
    state: 'failed',
    attempted: `reading the administrator's token ${path}`,
    happened,
    whatToDo: howToMakeOne,
  });
  if (text === '') return failed('it is empty');
  if (!isSecretLike(text)) return failed('it is not "stanch_" and 43 letters, digits, hyphens and underscores');
  if (new Set(text.slice(accessSecretPrefix.length)).size < leastDifferentCharacters)
    return failed('it is not random: too few of its characters differ');
  return { state: 'read', secret: new Secret(text) };
}
