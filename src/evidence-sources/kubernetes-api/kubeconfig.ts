import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { load, YAMLException } from 'js-yaml';
import { isRecord } from '../../domain/shape.ts';
import { errorCode, type Failure, failure, spokenError } from './failure.ts';

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
  /** Impersonation beyond the user's name, which may have several values. */
  readonly extraHeaders: { readonly [name: string]: readonly string[] };
  /** The cluster's and the user's fields of the kubeconfig, paths made absolute. */
  readonly clusterFields: RawFields;
  readonly userFields: RawFields;
}
export type RawFields = { readonly [field: string]: unknown };

interface Named {
  readonly name: string;
  readonly fields: RawFields;
}

interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly clusters: readonly Named[];
  readonly users: readonly Named[];
  readonly contexts: readonly Named[];
}

/** Reads kubeconfigs as kubectl does: files that do not exist are passed over, and the first one that names something wins. */
export function chooseCluster(which: WhichCluster): ChosenCluster | Failure {
  const paths = pathsOf(which);
  const found = paths.filter((path) => existsSync(path));
  const inPod = found.length === 0 && which.kubeconfigPath === undefined ? serviceAccount(which) : undefined;
  if (inPod !== undefined) return chosenFrom(inPod, which);
  if (found.length === 0) {
    return failure(
      `looking for a kubeconfig at ${paths.join(', ')}`,
      'there is none',
      'set KUBECONFIG or pass --kubeconfig, or investigate a saved bundle with --recording',
    );
  }
  const files: Kubeconfig[] = [];
  for (const path of found) {
    const file = readKubeconfig(path);
    if ('state' in file) return file;
    files.push(file);
  }
  const merged: Kubeconfig = {
    currentContext: files.find((file) => file.currentContext !== undefined)?.currentContext,
    clusters: files.flatMap((file) => file.clusters),
    users: files.flatMap((file) => file.users),
    contexts: files.flatMap((file) => file.contexts),
  };
  return chosenFrom(merged, which);
}

function pathsOf({ kubeconfigPath, environment }: WhichCluster): readonly string[] {
  if (kubeconfigPath !== undefined) return [kubeconfigPath];
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(environment['HOME'] ?? homedir(), '.kube', 'config')];
}

function readKubeconfig(path: string): Kubeconfig | Failure {
  const attempted = `reading the kubeconfig ${path}`;
  let raw: unknown;
  try {
    raw = load(readFileSync(path, 'utf8'));
  } catch (error) {
    return failure(attempted, whyUnread(error), 'repair the file, or name another one with --kubeconfig');
  }
  if (!isRecord(raw)) return failure(attempted, 'it holds no map', 'name another file with --kubeconfig');
  const folder = dirname(resolve(path));
  return {
    currentContext: textIn(raw, 'current-context'),
    clusters: namedIn(raw['clusters'], 'cluster').map((each) => withAbsolutePaths(each, ['certificate-authority'], folder)),
    users: namedIn(raw['users'], 'user').map((each) =>
      withAbsolutePlugin(withAbsolutePaths(each, ['client-certificate', 'client-key', 'tokenFile'], folder), folder),
    ),
    contexts: namedIn(raw['contexts'], 'context'),
  };
}

/** Where it went wrong, and never what stands there: the parser quotes the lines around it, and in a kubeconfig these hold tokens and keys. */
function whyUnread(error: unknown): string {
  if (error instanceof YAMLException) {
    const { mark } = error;
    return `it is no valid YAML${mark === undefined ? '' : ` at line ${mark.line + 1}, column ${mark.column + 1}`}`;
  }
  return errorCode(error) === 'EISDIR' ? 'it is a directory' : spokenError(error);
}

/** Entries that are not as they should be are passed over: another one may be meant. */
function namedIn(raw: unknown, field: string): readonly Named[] {
  return (Array.isArray(raw) ? raw : []).flatMap((entry: unknown) => {
    const name = isRecord(entry) ? textIn(entry, 'name') : undefined;
    const fields = isRecord(entry) ? entry[field] : undefined;
    return name === undefined ? [] : [{ name, fields: isRecord(fields) ? fields : {} }];
  });
}

/** Paths in a kubeconfig are relative to it. */
function withAbsolutePaths({ name, fields }: Named, paths: readonly string[], folder: string): Named {
  const absolute = paths.flatMap((path) => {
    const written = textIn(fields, path);
    return written === undefined ? [] : [[path, resolve(folder, written)]];
  });
  return { name, fields: { ...fields, ...Object.fromEntries(absolute) } };
}

/** A bare command is looked for in PATH; one with a slash is a path. */
function withAbsolutePlugin({ name, fields }: Named, folder: string): Named {
  const { exec } = fields;
  const command = isRecord(exec) ? textIn(exec, 'command') : undefined;
  if (!isRecord(exec) || command === undefined || !command.includes('/')) return { name, fields };
  return { name, fields: { ...fields, exec: { ...exec, command: resolve(folder, command) } } };
}

function chosenFrom(from: Kubeconfig, which: WhichCluster): ChosenCluster | Failure {
  const contexts = from.contexts.length === 0 ? '(the kubeconfig names none)' : from.contexts.map((each) => each.name).join(', ');
  const context = which.context ?? from.currentContext;
  if (context === undefined) {
    return failure(
      `choosing a context from ${pathsOf(which).join(', ')}`,
      'no current context is set',
      `pass --context with one of: ${contexts}`,
    );
  }
  const attempted = `using the context "${context}"`;
  const entry = from.contexts.find((each) => each.name === context);
  if (entry === undefined) return failure(attempted, 'the kubeconfig has no such context', `pass --context with one of: ${contexts}`);
  const clusterName = textIn(entry.fields, 'cluster') ?? '';
  const cluster = from.clusters.find((each) => each.name === clusterName)?.fields;
  if (cluster === undefined) {
    return failure(attempted, `the kubeconfig does not hold its cluster "${clusterName}"`, `pass --context with another of: ${contexts}`);
  }
  const server = textIn(cluster, 'server') ?? '';
  if (!URL.canParse(server)) return failure(attempted, `the server "${server}" is no address`, 'correct the server in the kubeconfig');
  const user = textIn(entry.fields, 'user') ?? '';
  const userFields = from.users.find((each) => each.name === user)?.fields ?? {};
  return {
    state: 'chosen',
    context,
    clusterName,
    user,
    server: server.replace(/\/+$/, ''),
    proxy: textIn(cluster, 'proxy-url'),
    wantsNoCompression: cluster['disable-compression'] === true,
    namespace: textIn(entry.fields, 'namespace'),
    extraHeaders: impersonation(userFields),
    clusterFields: cluster,
    userFields,
  };
}

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonation(user: RawFields): ChosenCluster['extraHeaders'] {
  const headers: { [name: string]: readonly string[] } = {};
  const groups = texts(user['as-groups']);
  const uid = textIn(user, 'as-uid');
  if (groups.length > 0) headers['impersonate-group'] = groups;
  if (uid !== undefined) headers['impersonate-uid'] = [uid];
  for (const [key, values] of Object.entries(isRecord(user['as-user-extra']) ? user['as-user-extra'] : {})) {
    headers[`impersonate-extra-${encodeURIComponent(key)}`] = texts(values);
  }
  return headers;
}

function texts(raw: unknown): readonly string[] {
  return Array.isArray(raw) ? raw.filter((each) => typeof each === 'string') : [];
}

/** Absent: not set, or empty. */
export function textIn(fields: RawFields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Absent: we do not run in a pod, or its service account's token is not mounted. */
function serviceAccount({ environment, podFolder = serviceAccountFolder }: WhichCluster): Kubeconfig | undefined {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || port === undefined || !existsSync(join(podFolder, 'token'))) return undefined;
  const namespaceFile = join(podFolder, 'namespace');
  const namespace = existsSync(namespaceFile) ? { namespace: readFileSync(namespaceFile, 'utf8').trim() } : {};
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    currentContext: 'in-cluster',
    clusters: [{ name: 'in-cluster', fields: { server, 'certificate-authority': join(podFolder, 'ca.crt') } }],
    users: [{ name: 'service-account', fields: { tokenFile: join(podFolder, 'token') } }],
    contexts: [{ name: 'in-cluster', fields: { cluster: 'in-cluster', user: 'service-account', ...namespace } }],
  };
}
