import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const testClient = { id: 'stanch', secret: 'secret-of-the-client: 1/2' };
export const testCallback = 'https://stanch.example/api/v1/session/openid/callback';

/** What the provider does otherwise than it should. */
export interface Misbehaving {
  /** Changes the claims of the ID token. */
  readonly claims?: JWTPayload;
  readonly signsWith?: 'another key' | 'no key';
  /** Changes the discovery document. */
  readonly document?: { readonly [field: string]: unknown };
  /** Paths that are never answered. */
  readonly hangs?: readonly string[];
  /** What is answered at a path in place of the usual. */
  readonly answers?: {
    readonly [path: string]: { readonly status: number; readonly body: string; readonly headers?: { readonly [name: string]: string } };
  };
}

export interface TestingProvider {
  readonly issuer: string;
  /** Method and path of everything that it was asked. */
  readonly asked: readonly string[];
  /** What it does wrong from now on. */
  misbehaves: Misbehaving;
  /** Somebody signs in there: where the browser is sent back to, or why it is not. */
  readonly signIn: (address: string, person: JWTPayload) => string;
  readonly close: () => Promise<void>;
}

interface Code {
  readonly challenge: string;
  readonly nonce: string;
  readonly person: JWTPayload;
}

/** Making them is slow, and every provider of a test may have the same. */
const keys = Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);

/** An OpenID provider of one client on loopback, which takes nothing that OpenID Connect Core or RFC 7636 would not let it take. */
export async function startTestingProvider(): Promise<TestingProvider> {
  const [own] = await keys;
  const key = { ...(await exportJWK(own.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
  const asked: string[] = [];
  const codes = new Map<string, Code>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(`${request.method ?? ''} ${path}`);
    const { hangs = [], answers = {} } = self.misbehaves;
    if (hangs.includes(path)) return;
    const other = answers[path];
    if (other !== undefined)
      return void response.writeHead(other.status, other.headers ?? { 'content-type': 'application/json' }).end(other.body);
    if (path === '/.well-known/openid-configuration')
      return json(response, 200, { ...documentOf(self.issuer), ...self.misbehaves.document });
    if (path === '/keys') return json(response, 200, { keys: [key] });
    if (path === '/token' && request.method === 'POST') return void exchange(request, response);
    json(response, 404, { error: 'not_found' });
  });
  const exchange = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fields = new URLSearchParams(await bodyOf(request));
    const takesBody = Array.isArray(self.misbehaves.document?.['token_endpoint_auth_methods_supported']);
    if (!isOurClient(request.headers.authorization, fields, takesBody)) return json(response, 401, { error: 'invalid_client' });
    const code = codes.get(fields.get('code') ?? '');
    codes.delete(fields.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(fields.get('code_verifier') ?? '')
      .digest('base64url');
    const isFine = fields.get('grant_type') === 'authorization_code' && fields.get('redirect_uri') === testCallback;
    if (code === undefined || !isFine || challenge !== code.challenge) return json(response, 400, { error: 'invalid_grant' });
    const idToken = await signed({ iss: self.issuer, ...code.person, nonce: code.nonce, ...self.misbehaves.claims }, self.misbehaves);
    json(response, 200, { access_token: randomUUID(), token_type: 'Bearer', expires_in: 60, id_token: idToken });
  };
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const self: TestingProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    misbehaves: {},
    signIn(address, person) {
      const { state, ...code } = readWish(self.issuer, address);
      const name = randomUUID();
      codes.set(name, { ...code, person });
      return `${testCallback}?${new URLSearchParams({ code: name, state }).toString()}`;
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return self;
}

async function signed(claims: JWTPayload, { signsWith }: Misbehaving): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const whole = { aud: testClient.id, iat: now, exp: now + 60, ...claims };
  if (signsWith === 'no key')
    return `${[{ alg: 'none' }, whole].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
  const [own, another] = await keys;
  const { privateKey } = signsWith === 'another key' ? another : own;
  return new SignJWT(whole).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(privateKey);
}

/** What the browser was sent here with. Throws where that is not what OpenID Connect Core, section 3.1.2.1, and RFC 7636 ask for. */
function readWish(issuer: string, address: string): Omit<Code, 'person'> & { readonly state: string } {
  const { origin, pathname, searchParams } = new URL(address);
  const given = Object.fromEntries(searchParams);
  const wanted = { response_type: 'code', client_id: testClient.id, redirect_uri: testCallback, code_challenge_method: 'S256' };
  const wrong = Object.entries(wanted).filter(([name, value]) => given[name] !== value);
  const { state = '', nonce = '', code_challenge: challenge = '', scope = '' } = given;
  const isWhole = state !== '' && nonce !== '' && challenge.length === 43 && scope.split(' ').includes('openid');
  if (origin !== issuer || pathname !== '/authorize' || wrong.length > 0 || !isWhole) throw new Error(`nobody can sign in with ${address}`);
  return { state, nonce, challenge };
}

function documentOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  };
}

/** RFC 6749, section 2.3.1: in the header, where both parts are form-encoded first, or in the body, and never in both. */
function isOurClient(header: string | undefined, fields: URLSearchParams, takesBody: boolean): boolean {
  if (takesBody)
    return header === undefined && fields.get('client_id') === testClient.id && fields.get('client_secret') === testClient.secret;
  const pair = Buffer.from(header?.replace(/^Basic /, '') ?? '', 'base64').toString('utf8');
  const [id, secret] = pair.split(':').map((part) => new URLSearchParams(`part=${part}`).get('part'));
  return id === testClient.id && secret === testClient.secret && !fields.has('client_secret');
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
