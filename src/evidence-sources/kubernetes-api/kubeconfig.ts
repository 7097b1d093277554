import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type * as KubernetesClient from '@kubernetes/client-node';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { isRecord } from '../../domain/shape.ts';
import { type Failure, failure, spokenError } from './failure.ts';

export interface WhichCluster {
  /** Absent: $KUBECONFIG, then ~/.kube/config, then the service account of the pod that we run in. */
  readonly kubeconfigPath?: string;
  /** Absent: the current context. */
  readonly context?: string;
  readonly environment: { readonly [name: string]: string | undefined };
  /** Where a pod finds its service account. Absent: where Kubernetes mounts it. */
  readonly podFolder?: string;
}

export interface ChosenCluster {
  readonly state: 'chosen';
  readonly kubeConfig: KubeConfig;
  readonly context: string;
  readonly clusterName: string;
  readonly user: string;
  /** Without a slash at the end. */
  readonly server: string;
  /** Absent: a direct connection, unless the environment names a proxy. */
  readonly proxy: string | undefined;
  readonly wantsNoCompression: boolean;
  /** The context's own. Absent: it names none. */
  readonly namespace: string | undefined;
  /** Impersonation beyond the user's name, which client-node leaves out. */
  readonly extraHeaders: { readonly [name: string]: readonly string[] };
  /** The user's credential plugin with what it may want to know. Absent: none. */
  readonly plugin: { readonly exec: RawFields; readonly cluster: RawFields } | undefined;
}
type RawFields = { readonly [field: string]: unknown };

type Client = typeof KubernetesClient;

/** Reads kubeconfigs as kubectl does: files that do not exist are passed over, and the first one that names something wins. */
export function chooseCluster(client: Client, which: WhichCluster): ChosenCluster | Failure {
  const paths = pathsOf(which);
  const found = paths.filter((path) => existsSync(path));
  if (found.length === 0 && which.kubeconfigPath === undefined) {
    const inCluster = serviceAccount(client, which);
    if (inCluster !== undefined) return chosenFrom(inCluster, [], inCluster.currentContext);
  }
  if (found.length === 0) {
    return failure(
      `looking for a kubeconfig at ${paths.join(', ')}`,
      'there is none',
      'set KUBECONFIG or pass --kubeconfig, or investigate a saved bundle with --recording',
    );
  }
  const raws: unknown[] = [];
  const merged = new client.KubeConfig();
  for (const path of found) {
    try {
      const written = readFileSync(path, 'utf8');
      const raw = withAbsolutePaths(client.loadYaml(written), dirname(resolve(path)));
      if (!isRecord(raw)) return failure(`reading the kubeconfig ${path}`, 'it holds no map', 'name another file with --kubeconfig');
      raws.push(raw);
      const one = new client.KubeConfig();
      one.loadFromString(JSON.stringify(raw), { onInvalidEntry: 'filter' });
      one.makePathsAbsolute(dirname(resolve(path)));
      addMissing(merged, one);
    } catch (error) {
      return failure(`reading the kubeconfig ${path}`, spokenError(error), 'repair the file, or name another one with --kubeconfig');
    }
  }
  const context = which.context ?? merged.currentContext;
  if (!context) {
    return failure(
      `choosing a context from ${found.join(', ')}`,
      'no current context is set',
      `pass --context with one of: ${namesOf(merged.contexts)}`,
    );
  }
  return chosenFrom(merged, raws, context);
}

function pathsOf({ kubeconfigPath, environment }: WhichCluster): readonly string[] {
  if (kubeconfigPath !== undefined) return [kubeconfigPath];
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(environment['HOME'] ?? homedir(), '.kube', 'config')];
}

function addMissing(to: KubeConfig, from: KubeConfig): void {
  to.clusters.push(...from.clusters.filter((each) => to.getCluster(each.name) === null));
  to.users.push(...from.users.filter((each) => to.getUser(each.name) === null));
  to.contexts.push(...from.contexts.filter((each) => to.getContextObject(each.name) === null));
  // Not set before the first file that sets it, whatever its type says.
  if (!to.currentContext) to.setCurrentContext(from.currentContext);
}

function namesOf(named: readonly { readonly name: string }[]): string {
  return named.length === 0 ? '(the file names none)' : named.map((each) => each.name).join(', ');
}

function chosenFrom(kubeConfig: KubeConfig, raws: readonly unknown[], context: string): ChosenCluster | Failure {
  const attempted = `using the context "${context}"`;
  const entry = kubeConfig.getContextObject(context);
  if (entry === null)
    return failure(attempted, 'the kubeconfig has no such context', `pass --context with one of: ${namesOf(kubeConfig.contexts)}`);
  const cluster = kubeConfig.getCluster(entry.cluster);
  if (cluster === null) {
    return failure(
      attempted,
      `the kubeconfig does not hold its cluster "${entry.cluster}"`,
      `pass --context with another of: ${namesOf(kubeConfig.contexts)}`,
    );
  }
  if (!URL.canParse(cluster.server))
    return failure(attempted, `the server "${cluster.server}" is no address`, 'correct the server in the kubeconfig');
  const rawUser = rawEntry(raws, 'users', 'user', entry.user);
  const rawCluster = rawEntry(raws, 'clusters', 'cluster', entry.cluster);
  kubeConfig.loadFromOptions({
    // client-node refuses plain HTTP unless certificates are not to be checked; without TLS there is none to check.
    clusters: [cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster],
    users: [userOf(kubeConfig.getUser(entry.user), entry.user, rawUser)],
    contexts: [entry],
    currentContext: context,
  });
  return {
    state: 'chosen',
    kubeConfig,
    context,
    clusterName: cluster.name,
    user: entry.user,
    server: cluster.server.replace(/\/+$/, ''),
    proxy: cluster.proxyUrl === '' ? undefined : cluster.proxyUrl,
    wantsNoCompression: rawCluster['disable-compression'] === true,
    namespace: entry.namespace === '' ? undefined : entry.namespace,
    extraHeaders: impersonation(rawUser),
    plugin: isRecord(rawUser['exec']) ? { exec: rawUser['exec'], cluster: rawCluster } : undefined,
  };
}

/** What client-node needs to know of the user: a context without one still gets the cluster's certificate this way. */
function userOf(user: User | null, name: string, raw: RawFields): User {
  const { exec: _runByOurselves, ...rest } = user ?? { name };
  const { tokenFile } = raw;
  const hasOther = rest.token !== undefined || (rest.authProvider ?? undefined) !== undefined;
  return typeof tokenFile === 'string' && !hasOther ? { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile } } } : rest;
}

function rawEntry(raws: readonly unknown[], listName: string, field: string, name: string): RawFields {
  for (const raw of raws) {
    const entries = isRecord(raw) && Array.isArray(raw[listName]) ? raw[listName] : [];
    const entry = entries.find((each) => isRecord(each) && each['name'] === name);
    if (isRecord(entry)) return isRecord(entry[field]) ? entry[field] : {};
  }
  return {};
}

/** Besides the user's name, which client-node carries over. Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonation(rawUser: RawFields): ChosenCluster['extraHeaders'] {
  const headers: { [name: string]: readonly string[] } = {};
  const groups = texts(rawUser['as-groups']);
  if (groups.length > 0) headers['impersonate-group'] = groups;
  if (typeof rawUser['as-uid'] === 'string') headers['impersonate-uid'] = [rawUser['as-uid']];
  for (const [key, values] of Object.entries(isRecord(rawUser['as-user-extra']) ? rawUser['as-user-extra'] : {})) {
    headers[`impersonate-extra-${encodeURIComponent(key)}`] = texts(values);
  }
  return headers;
}

function texts(raw: unknown): readonly string[] {
  return Array.isArray(raw) ? raw.filter((each) => typeof each === 'string') : [];
}

/** Paths in a kubeconfig are relative to it. Those of certificates client-node resolves; these it does not. */
function withAbsolutePaths(raw: unknown, folder: string): unknown {
  if (!isRecord(raw) || !Array.isArray(raw['users'])) return raw;
  const users = raw['users'].map((entry: unknown) => {
    if (!isRecord(entry) || !isRecord(entry['user'])) return entry;
    const { tokenFile, exec } = entry['user'];
    const user: { [field: string]: unknown } = { ...entry['user'] };
    if (typeof tokenFile === 'string') user['tokenFile'] = resolve(folder, tokenFile);
    // A bare command is looked for in PATH; one with a slash is a path.
    if (isRecord(exec) && typeof exec['command'] === 'string' && exec['command'].includes('/'))
      user['exec'] = { ...exec, command: resolve(folder, exec['command']) };
    return { ...entry, user };
  });
  return { ...raw, users };
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Absent: we do not run in a pod, or its service account's token is not mounted. */
function serviceAccount(client: Client, { environment, podFolder = serviceAccountFolder }: WhichCluster): KubeConfig | undefined {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || port === undefined || !existsSync(join(podFolder, 'token'))) return undefined;
  const namespaceFile = join(podFolder, 'namespace');
  const kubeConfig = new client.KubeConfig();
  kubeConfig.loadFromOptions({
    clusters: [
      {
        name: 'in-cluster',
        server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
        caFile: join(podFolder, 'ca.crt'),
        skipTLSVerify: false,
      },
    ],
    users: [{ name: 'service-account', authProvider: { name: 'tokenFile', config: { tokenFile: join(podFolder, 'token') } } }],
    contexts: [
      {
        name: 'in-cluster',
        cluster: 'in-cluster',
        user: 'service-account',
        ...(existsSync(namespaceFile) ? { namespace: readFileSync(namespaceFile, 'utf8').trim() } : {}),
      },
    ],
    currentContext: 'in-cluster',
  });
  return kubeConfig;
}
