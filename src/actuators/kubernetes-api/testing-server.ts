import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { JsonValue, PatchStep } from '../../domain/prepared-change.ts';
import { patched } from '../../domain/testing-json-patch.ts';

export type StoredObject = { readonly metadata: { readonly [key: string]: JsonValue }; readonly [key: string]: JsonValue };

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isDryRun: boolean;
}

export interface Said {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body: JsonValue;
}

/** What happens instead of the usual answer. Undefined: the usual. */
export type Interference = (asked: Asked, server: WritingServer) => Said | 'lost before' | 'lost after' | undefined;

export interface WritingServer {
  readonly url: string;
  /** By path. A test may change them, as others than Stanch do. */
  readonly objects: Map<string, StoredObject>;
  /** "PATCH /api/v1/nodes/a", with "(dry run)" after it where nothing was stored. */
  readonly log: readonly string[];
  readonly put: (path: string, object: StoredObject) => void;
  readonly close: () => Promise<void>;
}

/** Half of an API server: as strict as a real one about versions, tests in patches, preconditions, dry runs and content types. */
export async function startWritingServer(interfere: Interference = () => undefined): Promise<WritingServer> {
  const objects = new Map<string, StoredObject>();
  const log: string[] = [];
  const sockets = new Set<Socket>();
  let version = 100;
  const put = (path: string, object: StoredObject): void => {
    version += 1;
    objects.set(path, { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
  };
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? '/', 'http://server');
    const isDryRun = isDry(url, body);
    const asked: Asked = { method: request.method ?? '', path: url.pathname, query: url.searchParams, isDryRun };
    log.push(`${asked.method} ${asked.path}${isDryRun ? ' (dry run)' : ''}`);
    const happens = interfere(asked, self);
    if (happens === 'lost before') return void response.destroy();
    const said = typeof happens === 'object' ? happens : usual(self, asked, { body, contentType: request.headers['content-type'] });
    if (happens === 'lost after') return void response.destroy();
    response.writeHead(said.status, { 'content-type': 'application/json', ...said.headers }).end(JSON.stringify(said.body));
  };
  const server = createServer((request, response) => void listener(request, response));
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const self: WritingServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    log,
    put,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
  return self;
}

type Body = JsonValue | undefined;

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : (JSON.parse(Buffer.concat(parts).toString('utf8')) as JsonValue);
}

/** A delete with a body reads its options there alone. */
function isDry(url: URL, body: Body): boolean {
  return url.searchParams.get('dryRun') === 'All' || /"dryRun":\["All"\]/.test(JSON.stringify(body) ?? '');
}

interface Sent {
  readonly body: Body;
  readonly contentType: string | undefined;
}

function usual(server: WritingServer, asked: Asked, sent: Sent): Said {
  const { method, path } = asked;
  if (method === 'GET' && /\/(replicasets|controllerrevisions)$/.test(path))
    return { status: 200, body: { items: itemsUnder(server, path) } };
  const place = path.replace(/\/eviction$/, '');
  const object = server.objects.get(place);
  if (object === undefined) return no(404, 'NotFound', `"${place.split('/').at(-1)}" not found`);
  if (method === 'GET') return { status: 200, body: object };
  if (method === 'PATCH') return patch(server, { place, object, asked, sent });
  return end(server, { place, object, asked, sent });
}

function itemsUnder({ objects }: WritingServer, path: string): readonly JsonValue[] {
  return [...objects].filter(([each]) => each.startsWith(`${path}/`)).map(([, object]) => object);
}

interface Writing {
  readonly place: string;
  readonly object: StoredObject;
  readonly asked: Asked;
  readonly sent: Sent;
}

function patch(server: WritingServer, { place, object, asked, sent }: Writing): Said {
  if (sent.contentType !== 'application/json-patch+json')
    return no(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format');
  if (asked.query.get('fieldManager') !== 'stanch') return no(400, 'BadRequest', 'fieldManager is required');
  const steps = sent.body as unknown as readonly PatchStep[];
  const told = steps.find(({ path }) => path === '/metadata/resourceVersion')?.value;
  const after = patched(object, steps) as StoredObject | undefined;
  if (after === undefined) return no(422, 'Invalid', 'testing value failed');
  if (told !== object.metadata['resourceVersion'])
    return no(409, 'Conflict', 'the object has been modified; please apply your changes to the latest version');
  if (!asked.isDryRun) server.put(place, after);
  return { status: 200, body: after };
}

function end(server: WritingServer, { place, object, asked, sent }: Writing): Said {
  const { preconditions, metadata } = optionsIn(sent.body);
  if (asked.path !== place && metadata?.['name'] !== place.split('/').at(-1))
    return no(400, 'BadRequest', 'name in URL does not match name in Eviction object');
  if (preconditions?.['uid'] !== object.metadata['uid'])
    return no(409, 'Conflict', 'the UID in the precondition does not match the UID in record');
  if (!asked.isDryRun) server.put(place, { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-03-01T10:00:00Z' } });
  return { status: 201, body: { kind: 'Status', status: 'Success' } };
}

interface PodOptions {
  readonly preconditions?: { readonly [key: string]: JsonValue };
  readonly metadata?: { readonly [key: string]: JsonValue };
}

function optionsIn(body: Body): PodOptions {
  const whole = body as PodOptions & { readonly deleteOptions?: PodOptions };
  return whole.deleteOptions === undefined
    ? whole
    : { ...whole.deleteOptions, ...(whole.metadata === undefined ? {} : { metadata: whole.metadata }) };
}

/** How the API server says no. */
export function no(status: number, reason: string, message: string, more: { readonly [key: string]: JsonValue } = {}): Said {
  return { status, body: { kind: 'Status', status: 'Failure', code: status, reason, message, ...more } };
}
