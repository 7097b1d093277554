import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Failure, Session } from '../../src/surfaces/http/contract.ts';
import { sendBuiltFile } from './built-files.ts';
import { IncidentStreams } from './incident-streams.ts';
import { after, listItem, type Step, type ToldIncident } from './told-incident.ts';

export type User = NonNullable<Session['user']>;

/** What the page may ask for that changes an incident, as the tests see it. */
export interface Wished {
  readonly incident: string;
  readonly to: string;
  readonly body: { readonly [field: string]: unknown };
}

export interface Story {
  readonly incidents: readonly ToldIncident[];
  /** Who a token signs in as. */
  readonly tokens: { readonly [token: string]: User };
  /** What follows from a wish. A string: it is refused, and this is why. */
  readonly answers: (wished: Wished, user: User) => readonly Step[] | string;
  readonly similar?: {
    readonly [incident: string]: readonly {
      readonly id: string;
      readonly openedAt: string;
      readonly because: string;
      readonly summary: string;
    }[];
  };
  readonly openId?: { readonly name: string };
}

const csrf = 'csrf-of-the-tests';

/**
 * Serves the built page and tells it one story, in the words of contract.ts. It exists so that a test decides what happens when,
 * which no real server lets anybody do; what it tells comes from real investigations.
 */
export class PageServer {
  readonly wishes: Wished[] = [];
  /** What the server's clock says. */
  now: () => number = () => Date.now();
  readonly #story: Story;
  readonly #told = new Map<string, ToldIncident>();
  readonly #streams = new IncidentStreams();
  readonly #server: Server;
  #isCut = false;

  constructor(story: Story) {
    this.#story = story;
    for (const told of story.incidents) this.#told.set(told.view.id, told);
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What happens next in an incident; whoever follows it hears of it. */
  happens(incident: string, ...steps: readonly Step[]): void {
    for (const step of steps) {
      const told = this.#told.get(incident);
      if (told === undefined) throw new Error(`The story has no incident ${incident}`);
      const at = new Date(this.now()).toISOString();
      const happening = step(told, at);
      const next = after(told, happening, at);
      this.#told.set(incident, next);
      this.#streams.tell(incident, { entries: next.entries.slice(told.entries.length), progress: happening.progress });
    }
  }

  /** The network is gone: streams break off, and nothing is answered until it is mended. */
  cut(): void {
    this.#isCut = true;
    this.#server.closeAllConnections();
  }

  mend(): void {
    this.#isCut = false;
  }

  get streamsOpened(): number {
    return this.#streams.count;
  }

  /** The connection stays, but nothing comes any more, not even a sign of life. */
  fallSilent(): void {
    this.#streams.fallSilent();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isCut) {
      request.socket.destroy();
      return;
    }
    response.setHeader('date', new Date(this.now()).toUTCString());
    const address = new URL(request.url ?? '/', 'http://page');
    if (!address.pathname.startsWith('/api/')) {
      sendBuiltFile(address.pathname, response);
      return;
    }
    const user = this.#userOf(request);
    const route = address.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent);
    if (route[0] === 'session') return this.#session(request, response, user);
    if (user === undefined) return refuse(response, 401, 'you are not signed in');
    const body = request.method === 'POST' ? await bodyOf(request) : {};
    if (request.method === 'POST' && request.headers['x-stanch-csrf'] !== csrf)
      return refuse(response, 403, 'the mark of the session is missing');
    const [, incident, part] = route;
    if (incident === undefined) return this.#list(address, response);
    const told = this.#told.get(incident);
    if (told === undefined) return refuse(response, 404, `there is no incident ${incident}`);
    if (request.method === 'POST') return this.#wish({ incident, to: part ?? '', body }, user, response);
    this.#tell(told, { part, address, request, response });
  }

  #userOf(request: IncomingMessage): User | undefined {
    const token = /(?:^|; )stanch-session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    return token === undefined ? undefined : this.#story.tokens[decodeURIComponent(token)];
  }

  async #session(request: IncomingMessage, response: ServerResponse, user: User | undefined): Promise<void> {
    if (request.method === 'GET') {
      const session: Session = {
        version: '0.1.0',
        ...(this.#story.openId === undefined ? {} : { openId: this.#story.openId }),
        ...(user === undefined ? {} : { user, csrf }),
      };
      return send(response, 200, session);
    }
    if (request.method === 'DELETE') {
      response.setHeader('set-cookie', 'stanch-session=; Path=/; Max-Age=0');
      return send(response, 200, {});
    }
    const { token } = (await bodyOf(request)) as { readonly token?: string };
    if (token === undefined || this.#story.tokens[token] === undefined) return refuse(response, 401, 'no such token');
    response.setHeader('set-cookie', `stanch-session=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict`);
    return send(response, 200, {});
  }

  #list(address: URL, response: ServerResponse): void {
    const resting = new Set(['nothing-to-do', 'joined', 'aborted', 'closed']);
    const incidents = [...this.#told.values()].map(listItem).toSorted((one, other) => other.openedAt.localeCompare(one.openedAt));
    const isAll = address.searchParams.get('which') === 'all';
    send(response, 200, { incidents: isAll ? incidents : incidents.filter(({ state }) => !resting.has(state)) });
  }

  #tell(
    told: ToldIncident,
    {
      part,
      address,
      request,
      response,
    }: { readonly part: string | undefined; readonly address: URL; readonly request: IncomingMessage; readonly response: ServerResponse },
  ): void {
    const from = Number(address.searchParams.get('from') ?? 0);
    switch (part) {
      case undefined:
        return send(response, 200, told.view);
      case 'timeline': {
        const until = from + Number(address.searchParams.get('limit') ?? 100);
        return send(response, 200, {
          entries: told.entries.filter(({ position }) => position >= from && position < until),
          length: told.view.length,
        });
      }
      case 'similar':
        return send(response, 200, { incidents: this.#story.similar?.[told.view.id] ?? [] });
      case 'stream': {
        const last = request.headers['last-event-id'];
        return this.#streams.open(told, typeof last === 'string' && last !== '' ? Number(last) + 1 : from, response);
      }
      default:
        return refuse(response, 404, 'there is nothing of that name');
    }
  }

  #wish(wished: Wished, user: User, response: ServerResponse): void {
    this.wishes.push(wished);
    if (user.role === 'view') return refuse(response, 403, 'you may look, not act');
    const steps = this.#story.answers(wished, user);
    if (typeof steps === 'string') return refuse(response, 409, steps);
    this.happens(wished.incident, ...steps);
    send(response, 200, {});
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, happened: string): void {
  const failure: Failure = {
    error: { attempted: 'Doing what the page asked for', happened, whatToDo: 'Read the incident again, and decide anew.' },
  };
  send(response, status, failure);
}

async function bodyOf(request: IncomingMessage): Promise<{ readonly [field: string]: unknown }> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as { readonly [field: string]: unknown });
}
