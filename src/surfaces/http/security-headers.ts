/**
 * What a browser may do with our answers: run and show what this server has, talk to it alone, and stand in nobody's frame.
 * Neither scripts nor styles stand in the page itself, so that text from a cluster cannot become one.
 */
const everywhere: { readonly [name: string]: string } = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // What is the same for everybody, such as the files of the page, says so itself.
  'cache-control': 'no-store',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** A year: whoever was here by https once does not come by http again. */
const strictTransport = 'max-age=31536000';

export function securityHeaders({ isSecure }: { readonly isSecure: boolean }): { readonly [name: string]: string } {
  return isSecure ? { ...everywhere, 'strict-transport-security': strictTransport } : everywhere;
}

export function isReachedByHttps(publicAddress: string | undefined): boolean {
  return publicAddress?.startsWith('https:') === true;
}
