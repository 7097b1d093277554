/** Over https the name itself keeps other hosts and paths from setting it. */
const secureName = '__Host-stanch';
const plainName = 'stanch';

interface CookieSettings {
  /** True: the page is reached by https. */
  readonly isSecure: boolean;
}

/** The session's value. Undefined: none was sent. */
export function sessionCookie(header: string | undefined, { isSecure }: CookieSettings): string | undefined {
  const wanted = `${nameOf(isSecure)}=`;
  const found = (header ?? '').split(';').map((each) => each.trim());
  return found.find((each) => each.startsWith(wanted))?.slice(wanted.length);
}

export function setSessionCookie(value: string, { isSecure, seconds }: CookieSettings & { readonly seconds: number }): string {
  return [
    `${nameOf(isSecure)}=${value}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${seconds}`,
    ...(isSecure ? ['Secure'] : []),
  ].join('; ');
}

export function clearSessionCookie({ isSecure }: CookieSettings): string {
  return setSessionCookie('', { isSecure, seconds: 0 });
}

function nameOf(isSecure: boolean): string {
  return isSecure ? secureName : plainName;
}
