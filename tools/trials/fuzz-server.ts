import type { Role } from '../../src/domain/role.ts';
import { openScene, pageSecret, type ServerScene } from './server-scene.ts';
import { type ServedProcess, until } from './served-process.ts';

/** A real server that holds an incident, with everybody who may ask it for something. */
export interface FuzzServer {
  readonly scene: ServerScene;
  readonly process: ServedProcess;
  readonly incident: string;
  /** Several of each role, so that the limit of one is not what all requests meet. */
  readonly tokens: { readonly [Each in Role]: readonly string[] };
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  /** Where it claims to come from, so that the limits of one address are not what all requests meet. */
  readonly from?: string;
}

/** More than the program may keep, whatever it is sent. */
export const mostHeapMebibytes = 192;
const tokensOfRole = 8;
/** A busy machine takes its time; beyond this a request hangs. */
const patienceMilliseconds = 30_000;

/** Undefined: the server hung up before it answered. Fails where it does neither. */
export async function ask(address: string, { method = 'GET', headers, body, from }: Asking = {}): Promise<Answered | undefined> {
  try {
    const answer = await fetch(address, {
      method,
      headers: { ...(from === undefined ? {} : { 'x-forwarded-for': from }), ...headers },
      ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.from(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMilliseconds),
    });
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (isStream) await answer.body?.cancel();
    return { status: answer.status, text: isStream ? '' : await answer.text() };
  } catch (problem) {
    if (problem instanceof Error && problem.name === 'TimeoutError')
      throw new Error(`${method} ${address} was not answered within ${patienceMilliseconds} ms`, { cause: problem });
    return undefined;
  }
}

/** What the server must never say. Full is no fault: it says when to come again. */
export function isFault({ status, text }: Answered): boolean {
  return status >= 500 && !(status === 503 && text.includes('pages wait already'));
}

export async function openFuzzServer(): Promise<FuzzServer> {
  const scene = await openScene('trustedProxies: [127.0.0.1]\n');
  const process = await scene.start({
    database: `sqlite:${scene.folder}/stanch.db`,
    flags: await scene.wayToCluster(),
    // What cannot be freed any more ends the program, instead of growing until the machine has no more.
    environment: { NODE_OPTIONS: `--max-old-space-size=${mostHeapMebibytes}` },
  });
  const administrator = process.firstToken ?? '';
  const api = `${process.address}/api/v1`;
  const made = (role: Role): Promise<readonly string[]> =>
    Promise.all(Array.from({ length: tokensOfRole }, (_, index) => createToken(api, administrator, { name: `${role}-${index}`, role })));
  const tokens = { view: await made('view'), operate: await made('operate'), administer: await made('administer') };
  const authorization = `Bearer ${pageSecret}`;
  await ask(`${process.address}/webhooks/page`, { method: 'POST', headers: { authorization }, body: 'cart is slow' });
  const incident = await until('an incident', 60, async () => {
    const listed = await ask(`${api}/incidents`, { headers: { authorization: `Bearer ${administrator}` } });
    const seen = /"id":"([^"]+)"/.exec(listed?.text ?? '')?.[1] ?? '';
    return { isSo: seen !== '', seen };
  });
  return { scene, process, incident, tokens };
}

async function createToken(api: string, administrator: string, wish: { readonly name: string; readonly role: Role }): Promise<string> {
  const headers = { authorization: `Bearer ${administrator}`, 'content-type': 'application/json' };
  const answer = await ask(`${api}/tokens`, { method: 'POST', headers, body: JSON.stringify(wish) });
  return (JSON.parse(answer?.text ?? '{}') as { readonly secret: string }).secret;
}
