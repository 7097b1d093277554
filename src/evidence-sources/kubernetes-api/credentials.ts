import { readFileSync } from 'node:fs';
import { isRecord } from '../../domain/shape.ts';
import type { ExecPlugin } from './exec-plugin.ts';
import { spokenError } from './failure.ts';
import { type ChosenCluster, type RawFields, textIn } from './kubeconfig.ts';

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
export async function credentialsOf(cluster: ChosenCluster, plugin: ExecPlugin | undefined, signal: AbortSignal): Promise<Credentials> {
  const { clusterFields, userFields } = cluster;
  try {
    const given = await plugin?.credential(signal);
    if (given?.state === 'refused') return { state: 'failed', happened: given.happened, whatToDo: given.whatToDo };
    const headers = { ...ownHeaders(userFields), ...(await providerHeaders(cluster, signal)) };
    return {
      state: 'ready',
      headers: given?.credential.token === undefined ? headers : { ...headers, authorization: `Bearer ${given.credential.token}` },
      tls: {
        ca: material(clusterFields, 'certificate-authority'),
        cert: given?.credential.certificate ?? material(userFields, 'client-certificate'),
        key: given?.credential.key ?? material(userFields, 'client-key'),
        rejectUnauthorized: clusterFields['insecure-skip-tls-verify'] === true ? false : undefined,
        servername: textIn(clusterFields, 'tls-server-name'),
      },
    };
  } catch (error) {
    return {
      state: 'failed',
      happened: `the credentials of the kubeconfig could not be used: ${spokenError(error)}`,
      whatToDo: 'log in again, or repair the kubeconfig; "kubectl version" shows the same',
    };
  }
}

function ownHeaders(user: RawFields): { readonly [name: string]: string } {
  const tokenFile = textIn(user, 'tokenFile');
  // Token files end with a line feed, which no header may hold.
  const token = tokenFile === undefined ? textIn(user, 'token') : readFileSync(tokenFile, 'utf8').trim();
  const name = textIn(user, 'username');
  const impersonated = textIn(user, 'as');
  const authorization =
    token !== undefined
      ? { authorization: `Bearer ${token}` }
      : name !== undefined
        ? { authorization: `Basic ${Buffer.from(`${name}:${textIn(user, 'password') ?? ''}`).toString('base64')}` }
        : {};
  return { ...authorization, ...(impersonated === undefined ? {} : { 'impersonate-user': impersonated }) };
}

/** OpenID Connect and the older ways of clouds. client-node knows them; it takes half a second to load, so only they load it. */
async function providerHeaders({ userFields, server }: ChosenCluster, signal: AbortSignal): Promise<{ readonly [name: string]: string }> {
  if (!isRecord(userFields['auth-provider'])) return {};
  const { authProviderHeaders } = await import('./auth-provider.ts');
  return authProviderHeaders(userFields['auth-provider'], server, signal);
}

/** From a file, as it is now, or as base64 beside it. */
function material(fields: RawFields, name: string): Buffer | undefined {
  const data = textIn(fields, `${name}-data`);
  const path = textIn(fields, name);
  // As kubectl: data wins over a file.
  if (data !== undefined) return Buffer.from(data, 'base64');
  return path === undefined ? undefined : readFileSync(path);
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
