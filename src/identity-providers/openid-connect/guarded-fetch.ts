import type { CustomFetch } from 'openid-client';

/** Discovery documents and key sets are a few kilobytes. */
const largestBytes = 512 * 1024;

/**
 * Asks the provider and nobody else: by https, wherever its own discovery document says that its endpoints are; by http only at the
 * very place that the operator named. Redirects are not followed, and neither time nor size is the provider's to choose.
 */
export function guardedFetch(issuer: string, patienceMilliseconds: number): CustomFetch {
  return async (address, options) => {
    const { protocol, origin } = new URL(address);
    if (protocol !== 'https:' && origin !== new URL(issuer).origin)
      throw new Error(`${origin} is not asked: it is not the provider, and not reached by https`);
    const signal = AbortSignal.any([AbortSignal.timeout(patienceMilliseconds), ...(options.signal === undefined ? [] : [options.signal])]);
    const { method, headers, body } = options;
    const answer = await fetch(address, { method, headers, body: body ?? null, redirect: 'manual', signal });
    return new Response(await limited(answer), { status: answer.status, headers: answer.headers });
  };
}

async function limited({ body, status }: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null || status === 204) return null;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > largestBytes) throw new Error(`the answer is larger than ${largestBytes / 1024} KiB`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
