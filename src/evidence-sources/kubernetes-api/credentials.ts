import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ExecPlugin } from './exec-plugin.ts';
import { spokenError } from './failure.ts';

/** What a TLS connection is made with. Absent: what Node does by itself. */
export interface TlsMaterial {
  readonly ca: Buffer | string | undefined;
  readonly cert: Buffer | string | undefined;
  readonly key: Buffer | string | undefined;
  readonly rejectUnauthorized: boolean | undefined;
  readonly servername: string | undefined;
}

export type Credentials =
  | { readonly state: 'ready'; readonly headers: { readonly [name: string]: string }; readonly tls: TlsMaterial }
  | { readonly state: 'failed'; readonly happened: string; readonly whatToDo: string };

/** Asked before every request: tokens and certificates are renewed on disk, and plugins give them for minutes only. */
export async function credentialsOf(kubeConfig: KubeConfig, plugin: ExecPlugin | undefined, signal: AbortSignal): Promise<Credentials> {
  const options: RequestOptions & { servername?: string } = { headers: {} };
  try {
    // Renewing an OIDC token asks its issuer, who may be silent.
    await Promise.race([kubeConfig.applyToHTTPSOptions(options), rejectedOn(signal)]);
  } catch (error) {
    return {
      state: 'failed',
      happened: `the credentials of the kubeconfig could not be used: ${spokenError(error)}`,
      whatToDo: 'log in again, or repair the kubeconfig; "kubectl version" shows the same',
    };
  }
  const given = await plugin?.credential(signal);
  if (given?.state === 'refused') return { state: 'failed', happened: given.happened, whatToDo: given.whatToDo };
  return {
    state: 'ready',
    headers: {
      ...headersOf(options),
      ...(given?.credential.token === undefined ? {} : { authorization: `Bearer ${given.credential.token}` }),
    },
    tls: {
      ca: material(options.ca),
      cert: given?.credential.certificate ?? material(options.cert),
      key: given?.credential.key ?? material(options.key),
      rejectUnauthorized: options.rejectUnauthorized,
      servername: options.servername,
    },
  };
}

function headersOf(options: RequestOptions): { readonly [name: string]: string } {
  const headers: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // Token files end with a line feed, which no header may hold.
    if (typeof value === 'string') headers[name.toLowerCase()] = value.trim();
  }
  if (typeof options.auth === 'string') headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return headers;
}

function rejectedOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(new Error('the time was used up before the identity provider answered'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

function material(given: unknown): Buffer | string | undefined {
  return Buffer.isBuffer(given) || typeof given === 'string' ? given : undefined;
}

export function isSameTls(one: TlsMaterial, other: TlsMaterial): boolean {
  const isSame = (left: Buffer | string | undefined, right: Buffer | string | undefined): boolean => String(left) === String(right);
  return (
    isSame(one.ca, other.ca) &&
    isSame(one.cert, other.cert) &&
    isSame(one.key, other.key) &&
    one.rejectUnauthorized === other.rejectUnauthorized &&
    one.servername === other.servername
  );
}
