/** Over https the name itself keeps other hosts and paths from setting it. */
const securePrefix = '__Host-';
const sessionName = 'stanch';
const attemptName = 'stanch-sign-in';

interface CookieSettings {
  /** True: the page is reached by https. */
  readonly isSecure: boolean;
}

/** The session's value. Undefined: none was sent. */
export function sessionCookie(header: string | undefined, settings: CookieSettings): string | undefined {
  return cookieNamed(sessionName, header, settings);
}

export function setSessionCookie(value: string, settings: CookieSettings & { readonly seconds: number }): string {
  return setCookie({ ...settings, name: sessionName, value, sameSite: 'Strict' });
}

export function clearSessionCookie(settings: CookieSettings): string {
  return setSessionCookie('', { ...settings, seconds: 0 });
}

/** What a sign-in elsewhere has to bring back. Undefined: none was sent. */
export function attemptCookie(header: string | undefined, settings: CookieSettings): string | undefined {
  return cookieNamed(attemptName, header, settings);
}

/** Lax, because the browser comes back from another site. It opens nothing by itself. */
export function setAttemptCookie(value: string, settings: CookieSettings & { readonly seconds: number }): string {
  return setCookie({ ...settings, name: attemptName, value, sameSite: 'Lax' });
}

function cookieNamed(name: string, header: string | undefined, { isSecure }: CookieSettings): string | undefined {
  const wanted = `${isSecure ? securePrefix : ''}${name}=`;
  const found = (header ?? '').split(';').map((each) => each.trim());
  return found.find((each) => each.startsWith(wanted))?.slice(wanted.length);
}

interface Cookie extends CookieSettings {
  readonly name: string;
  readonly value: string;
  readonly sameSite: 'Strict' | 'Lax';
  readonly seconds: number;
}

function setCookie({ name, value, sameSite, seconds, isSecure }: Cookie): string {
  const named = `${isSecure ? securePrefix : ''}${name}=${value}`;
  return [named, 'Path=/', 'HttpOnly', `SameSite=${sameSite}`, `Max-Age=${seconds}`, ...(isSecure ? ['Secure'] : [])].join('; ');
}
