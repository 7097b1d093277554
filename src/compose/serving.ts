import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import packageDescription from '../../package.json' with { type: 'json' };
import { composeDeliveryTargets } from './delivery-targets.ts';
import { openServerLog } from './server-log.ts';
import { openServer } from './serve.ts';
import { wallClock } from './sources.ts';
import { pause } from './work.ts';
import type { Secret } from '../domain/secret.ts';
import { type ServerSettings, usualServerSettings } from '../domain/server-settings.ts';
import { makeFirstToken } from '../engine/access/first-token.ts';
import { keepOwnToken } from '../engine/access/own-token.ts';
import { jobKinds } from '../engine/serve/jobs.ts';
import type { ServeEngine } from '../engine/serve/serve-engine.ts';
import type { OpenIdProvider } from '../ports/open-id-provider.ts';
import type { ServerLog } from '../ports/server-log.ts';
import type { ServerStore } from '../ports/server-store.ts';
import type { Failure } from '../surfaces/command-line/looking.ts';
import type { ServeRequest, ServingComposition } from '../surfaces/command-line/serving-composition.ts';
import { openIdCallbackPath } from '../surfaces/http/open-id-routes.ts';
import { startHttpServer } from '../surfaces/http/start-http-server.ts';

type Told = (line: string) => void;
type Stopped = { readonly state: 'stopped' };

/** The whole server: its workers, and HTTP in front of them. */
export const serve: ServingComposition['serve'] = async (request, told, signal) => {
  const settings = await readSettings(request.config);
  if ('attempted' in settings) return settings;
  const ownToken = await readAdminToken(request.adminTokenFile);
  if (ownToken !== undefined && 'attempted' in ownToken) return ownToken;
  const log = openServerLog();
  const { publicAddress, timeZone } = settings;
  const asked: ServeRequest =
    timeZone === undefined || request.settings.timeZone !== undefined
      ? request
      : { ...request, settings: { ...request.settings, timeZone } };
  const opened = await openServer(asked, {
    targets: composeDeliveryTargets(settings.deliveries),
    log: (level, happened) => log.write(level === 'warning' ? 'warn' : level, happened),
    ...(publicAddress === undefined ? {} : { publicAddress }),
  });
  if (opened.state === 'failed') return opened;
  const { engine, store } = opened;
  try {
    return await serveOpened({ engine, store, settings, log, request, ownToken }, told, signal);
  } finally {
    await store.close();
  }
};

interface Opened {
  readonly engine: ServeEngine;
  readonly store: ServerStore;
  readonly settings: ServerSettings;
  readonly log: ServerLog;
  readonly request: ServeRequest;
  /** The administrator's token that an operator made. Absent: none was made. */
  readonly ownToken: Secret | undefined;
}

async function serveOpened(opened: Opened, told: Told, signal: AbortSignal): Promise<Stopped | Failure> {
  const { engine, store, settings, log, request, ownToken } = opened;
  const now = wallClock.now();
  const first = ownToken === undefined ? await makeFirstToken(store.access, now) : await keepOwnToken(store.access, ownToken, now);
  if (first.state === 'failed') return first;
  const pageFolder = builtPage();
  const openId = await openIdOf(settings);
  const http = await startHttpServer({
    incidents: engine.incidents,
    store,
    settings,
    clock: wallClock,
    pause,
    log,
    version: packageDescription.version,
    listen: request.listen,
    jobKinds,
    ...(openId === undefined ? {} : { openId }),
    ...(pageFolder === undefined ? {} : { pageFolder }),
  });
  if (http.state === 'failed') return http;
  const working = engine.start();
  told(`Stanch serves at ${settings.publicAddress ?? http.address}`);
  if (first.state === 'made')
    told(`Sign in with this token of the first administrator. It is told only once; make others with it: ${first.secret}`);
  // The pages that come in matter more than who can sign in, so that this is no reason not to start.
  if (first.state === 'useless') log.write('warn', 'nobody can sign in with the token of --admin-token-file', { because: first.because });
  try {
    await Promise.race([stopped(signal), working.ended]);
  } finally {
    await http.stop();
    await working.stop();
  }
  return { state: 'stopped' };
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function readSettings(path: string | undefined): Promise<ServerSettings | Failure> {
  if (path === undefined) return usualServerSettings;
  const { readServerSettings } = await import('../server-settings/read-server-settings.ts');
  const read = await readServerSettings(path, process.env);
  return read.state === 'failed' ? read : read.settings;
}

async function readAdminToken(path: string | undefined): Promise<Secret | undefined | Failure> {
  if (path === undefined) return undefined;
  const { readTokenFile } = await import('../server-settings/read-token-file.ts');
  const read = await readTokenFile(path);
  return read.state === 'failed' ? read : read.secret;
}

/** Undefined: the settings name nobody to ask. */
async function openIdOf({ openId: settings, publicAddress }: ServerSettings): Promise<OpenIdProvider | undefined> {
  if (settings === undefined || publicAddress === undefined) return undefined;
  const { openIdConnect } = await import('../identity-providers/openid-connect/openid-connect.ts');
  return openIdConnect({ settings, callback: `${publicAddress}${openIdCallbackPath}`, clock: wallClock });
}

/** Beside the program that was built, or where the sources build it. Undefined: it was not built. */
function builtPage(): string | undefined {
  const folders = ['./web/', '../../dist/web/'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}index.html`));
}
