import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { RawFields } from './kubeconfig.ts';

/** One per setting, because it keeps the tokens that it was given. */
const known = new Map<string, KubeConfig>();

/** The headers that client-node's providers give for the `auth-provider` of a user. Throws where they cannot. */
export async function authProviderHeaders(
  authProvider: RawFields,
  server: string,
  signal: AbortSignal,
): Promise<{ readonly [name: string]: string }> {
  const setting = JSON.stringify(authProvider);
  const kubeConfig = known.get(setting) ?? configFor(authProvider, server);
  known.set(setting, kubeConfig);
  const options: RequestOptions = { headers: {} };
  // Renewing an OpenID Connect token asks its issuer, who may be silent.
  await Promise.race([kubeConfig.applyToHTTPSOptions(options), rejectedOn(signal)]);
  const given = Object.entries(options.headers ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value.trim()]] : [],
  );
  return Object.fromEntries(given);
}

function configFor(authProvider: RawFields, server: string): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromOptions({
    // Nothing is sent through it, so certificates do not matter; without this it refuses plain HTTP.
    clusters: [{ name: 'cluster', server, skipTLSVerify: true }],
    users: [{ name: 'user', authProvider: structuredClone(authProvider) }],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  return kubeConfig;
}

function rejectedOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(new Error('the time was used up before the identity provider answered'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
