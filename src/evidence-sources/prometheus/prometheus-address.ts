/** Where Prometheus is, and how to be let in. */
export interface PrometheusAddress {
  /** Origin and path prefix, without a slash at the end, a user or a query. Safe to show. */
  readonly base: string;
  /** Value of the Authorization header. Never shown. Absent: none. */
  readonly authorization: string | undefined;
}

export type AddressReading =
  | { readonly state: 'read'; readonly address: PrometheusAddress }
  | { readonly state: 'refused'; readonly attempted: string; readonly happened: string; readonly whatToDo: string };

/**
 * Reads the address as people give it: with a path prefix, with user:password@, with the path of the page that they look at.
 * `token`: a bearer token (STANCH_PROMETHEUS_TOKEN); a user in the address goes before it. The message never repeats the
 * address, since it may hold a password.
 */
export function readPrometheusAddress(written: string, token: string | undefined): AddressReading {
  const text = written.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (text === '' || !URL.canParse(withScheme)) return refused('it is no URL');
  const url = new URL(withScheme);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refused(`its scheme is ${url.protocol.slice(0, -1)}, not http or https`);
  const path = url.pathname.replace(/\/(api\/v1(\/.*)?|graph|query|alerts|targets|rules|-\/.*)?\/*$/, '').replace(/\/+$/, '');
  const credentials = authorizationOf(url, token?.trim());
  if (credentials.state === 'unusable') return refused(credentials.why);
  return { state: 'read', address: { base: `${url.origin}${path}`, authorization: credentials.authorization } };
}

type Credentials =
  | { readonly state: 'usable'; readonly authorization: string | undefined }
  | { readonly state: 'unusable'; readonly why: string };

function authorizationOf(url: URL, token: string | undefined): Credentials {
  if (url.username !== '' || url.password !== '') {
    const user = decoded(url.username);
    const password = decoded(url.password);
    if (user === undefined || password === undefined) return { state: 'unusable', why: 'the user or password in it is not URL-encoded' };
    return { state: 'usable', authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  }
  if (token === undefined || token === '') return { state: 'usable', authorization: undefined };
  // A line break would end the header; anything beyond ASCII cannot be sent in one.
  return /^[\x21-\x7e]+$/.test(token)
    ? { state: 'usable', authorization: `Bearer ${token}` }
    : { state: 'unusable', why: 'the token holds characters that no header can carry' };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function refused(why: string): AddressReading {
  return {
    state: 'refused',
    attempted: 'reading the address of Prometheus',
    happened: why,
    whatToDo: 'Give --prometheus an address such as http://prometheus.monitoring:9090.',
  };
}
