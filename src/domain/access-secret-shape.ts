/** So that a secret which got somewhere by mistake is recognised, by people and by scanners. */
export const accessSecretPrefix = 'stanch_';

/** Whether it is the secret of an access token or a session: the prefix and 256 bits in base64url. What is not is not looked up. */
export function isSecretLike(text: string): boolean {
  return /^stanch_[\w-]{43}$/.test(text);
}
