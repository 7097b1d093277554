import { spawn } from 'node:child_process';
import type { Instant } from '../../domain/instant.ts';
import { parseInstant } from '../../domain/instant.ts';
import { redactText } from '../../domain/redaction.ts';
import { isRecord } from '../../domain/shape.ts';

/** What an exec plugin hands out. Source: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
export interface PluginCredential {
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

export type PluginAnswer =
  | { readonly state: 'given'; readonly credential: PluginCredential }
  | { readonly state: 'refused'; readonly happened: string; readonly whatToDo: string };

/**
 * The program of the cloud or identity provider that a kubeconfig names for its user. Run by ourselves rather than by
 * client-node, because it must end with the budget, be told about the cluster, and be asked anew after a 401.
 */
export interface ExecPlugin {
  readonly credential: (signal: AbortSignal) => Promise<PluginAnswer>;
  /** The server refused what it gave. */
  readonly forget: () => void;
}

export interface PluginSetting {
  /** The user's `exec` of the kubeconfig. */
  readonly exec: { readonly [field: string]: unknown };
  /** The cluster's fields of the kubeconfig, for plugins that ask for them. */
  readonly cluster: { readonly [field: string]: unknown };
  readonly environment: { readonly [name: string]: string | undefined };
  readonly now: () => Instant;
}

/** A credential that ends within this time is asked for anew: it would end while the request is on its way. */
const marginMilliseconds = 10_000;

export function execPlugin(setting: PluginSetting): ExecPlugin {
  let kept: { readonly credential: PluginCredential; readonly until: Instant } | undefined;
  let running: Promise<PluginAnswer> | undefined;
  const ask = async (signal: AbortSignal): Promise<PluginAnswer> => {
    const { answer, until } = await run(setting, signal);
    if (answer.state === 'given') kept = { credential: answer.credential, until };
    running = undefined;
    return answer;
  };
  return {
    credential(signal) {
      if (kept !== undefined && kept.until - marginMilliseconds > setting.now())
        return Promise.resolve({ state: 'given', credential: kept.credential });
      // Requests that start together share one run: some plugins open a browser window.
      running ??= ask(signal);
      return running;
    },
    forget() {
      kept = undefined;
    },
  };
}

interface Outcome {
  readonly answer: PluginAnswer;
  readonly until: Instant;
}

async function run({ exec, cluster, environment }: PluginSetting, signal: AbortSignal): Promise<Outcome> {
  const command = textIn(exec, 'command') ?? '';
  const parameters = (Array.isArray(exec['args']) ? exec['args'] : []).map(String);
  const hint =
    typeof exec['installHint'] === 'string'
      ? exec['installHint'].replaceAll(/\s+/g, ' ').trim()
      : `run "${command}" by hand, or "kubectl version", to see what it wants`;
  const finished = await output(
    command,
    parameters,
    { ...environment, ...ownEnvironment(exec), KUBERNETES_EXEC_INFO: execInfo(exec, cluster) },
    signal,
  );
  const refused = (happened: string): Outcome => ({ answer: { state: 'refused', happened, whatToDo: hint }, until: 0 });
  if (finished.state === 'failed') return refused(`the credential plugin "${command}" ${finished.happened}`);
  const status = statusOf(finished.text);
  if (status === undefined) return refused(`the credential plugin "${command}" did not print an ExecCredential`);
  const credential = {
    token: textIn(status, 'token'),
    certificate: textIn(status, 'clientCertificateData'),
    key: textIn(status, 'clientKeyData'),
  };
  if (credential.token === undefined && credential.certificate === undefined)
    return refused(`the credential plugin "${command}" gave neither a token nor a certificate`);
  return { answer: { state: 'given', credential }, until: parseInstant(status['expirationTimestamp']) ?? Number.POSITIVE_INFINITY };
}

function ownEnvironment(exec: PluginSetting['exec']): { readonly [name: string]: string } {
  const entries = Array.isArray(exec['env']) ? exec['env'].filter(isRecord) : [];
  return Object.fromEntries(entries.map((entry) => [textIn(entry, 'name') ?? '', textIn(entry, 'value') ?? '']));
}

function execInfo(exec: PluginSetting['exec'], cluster: PluginSetting['cluster']): string {
  const { server, extensions, ...rest } = cluster;
  const named = (Array.isArray(extensions) ? extensions : [])
    .filter(isRecord)
    .find((each) => each['name'] === 'client.authentication.k8s.io/exec');
  const about =
    exec['provideClusterInfo'] === true
      ? { cluster: { server, ...rest, ...(named === undefined ? {} : { config: named['extension'] }) } }
      : {};
  return JSON.stringify({ apiVersion: exec['apiVersion'], kind: 'ExecCredential', spec: { interactive: false, ...about } });
}

type Finished = { readonly state: 'done'; readonly text: string } | { readonly state: 'failed'; readonly happened: string };

function output(
  command: string,
  parameters: readonly string[],
  environment: PluginSetting['environment'],
  signal: AbortSignal,
): Promise<Finished> {
  return new Promise((done) => {
    const printed: Buffer[] = [];
    const complaints: Buffer[] = [];
    const child = spawn(command, parameters, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
    child.stdout.on('data', (part: Buffer) => printed.push(part));
    child.stderr.on('data', (part: Buffer) => complaints.push(part));
    child.on('error', (error) => {
      // What the plugin itself started may still hold the other ends.
      child.stdout.destroy();
      child.stderr.destroy();
      const isMissing = 'code' in error && error.code === 'ENOENT';
      done({
        state: 'failed',
        happened: signal.aborted ? 'did not end in time' : isMissing ? 'is not installed' : `could not be started: ${error.message}`,
      });
    });
    child.on('close', (status) => {
      const said = redactText(Buffer.concat(complaints).toString('utf8')).trim().split('\n').at(-1) ?? '';
      if (status === 0) done({ state: 'done', text: Buffer.concat(printed).toString('utf8') });
      else done({ state: 'failed', happened: `ended with status ${status ?? 'unknown'}${said === '' ? '' : `: ${said.slice(0, 300)}`}` });
    });
  });
}

function statusOf(printed: string): { readonly [field: string]: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(printed);
    return isRecord(parsed) && isRecord(parsed['status']) ? parsed['status'] : undefined;
  } catch {
    return undefined;
  }
}

function textIn(from: { readonly [field: string]: unknown }, name: string): string | undefined {
  const value = from[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
