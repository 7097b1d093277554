import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'node:https';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { Identity } from '../../ports/evidence-source.ts';
import {
  type ApiServer,
  kubeconfigFor,
  type KubeconfigParts,
  listOf,
  openForTest,
  startApiServer,
  temporaryFolder,
  testNow,
} from './testing.ts';
import { longAgo, testAuthority } from './testing-certificates.ts';

const opened: { readonly close: () => unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

const authority = testAuthority('test authority');
const serverCertificate = authority.issue('api.example');
const tls: ServerOptions = { key: serverCertificate.key, cert: serverCertificate.certificate };
const trusting = { 'certificate-authority-data': base64(authority.certificate) };

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

async function secureServer(isAllowed: (request: IncomingMessage) => boolean = () => true, more: ServerOptions = {}): Promise<ApiServer> {
  const server = await startApiServer({ routes: { '/api/v1/pods': listOf([]) }, isAllowed, tls: { ...tls, ...more } });
  opened.push(server);
  return server;
}

/** A limit against hanging: a busy machine takes seconds to load a package for the first time. */
const patienceMilliseconds = 30_000;

async function identify(
  server: { readonly url: string },
  parts: KubeconfigParts,
  environment: { readonly [name: string]: string } = {},
): Promise<Identity> {
  const { source } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url, parts), environment });
  opened.push(source);
  return source.identify(AbortSignal.timeout(patienceMilliseconds));
}

const hasToken =
  (token: string) =>
  (request: IncomingMessage): boolean =>
    request.headers.authorization === `Bearer ${token}`;

describe('certificates', () => {
  test('a server whose certificate the kubeconfig’s authority signed is believed', async () => {
    expect(await identify(await secureServer(), { cluster: trusting })).toMatchObject({ state: 'reached' });
  });

  test('so it is for a user who has no credentials at all', async () => {
    expect(await identify(await secureServer(), { cluster: trusting, context: { user: '' } })).toMatchObject({ state: 'reached' });
  });

  test('a server that somebody else vouches for is not spoken to', async () => {
    const server = await secureServer(() => true);
    const identity = await identify(server, { cluster: { 'certificate-authority-data': base64(testAuthority('another').certificate) } });

    expect(identity).toMatchObject({
      state: 'failed',
      whatToDo: 'check certificate-authority-data and tls-server-name in the kubeconfig, and whether a certificate has expired',
    });
    expect(identity.state === 'failed' && identity.happened).toContain('its certificate was not accepted');
    expect(server.asked).toEqual([]);
  });

  test('a certificate that has expired is named as such', async () => {
    const old = authority.issue('api.example', longAgo);
    const identity = await identify(await secureServer(() => true, { key: old.key, cert: old.certificate }), { cluster: trusting });

    expect(identity.state === 'failed' && identity.happened).toContain('certificate has expired');
  });

  test('a kubeconfig may ask for no check, or for another name', async () => {
    const server = await secureServer();

    expect(await identify(server, { cluster: { 'insecure-skip-tls-verify': true } })).toMatchObject({ state: 'reached' });
    expect(await identify(server, { cluster: { ...trusting, 'tls-server-name': 'api.example' } })).toMatchObject({ state: 'reached' });
    expect(await identify(server, { cluster: { ...trusting, 'tls-server-name': 'other.example' } })).toMatchObject({ state: 'failed' });
  });

  test('a client certificate is shown, from files beside the kubeconfig as well', async () => {
    const jane = authority.issue('jane');
    const isJane = ({ socket }: IncomingMessage): boolean =>
      socket instanceof TLSSocket && socket.authorized && socket.getPeerCertificate().subject?.CN === 'jane';
    const server = await secureServer(isJane, { ca: authority.certificate, requestCert: true, rejectUnauthorized: false });
    const kubeconfigPath = kubeconfigFor(server.url, {
      cluster: trusting,
      user: { 'client-certificate': 'jane.crt', 'client-key': 'jane.key' },
    });
    writeFileSync(join(kubeconfigPath, '../jane.crt'), jane.certificate);
    writeFileSync(join(kubeconfigPath, '../jane.key'), jane.key);
    const fromFiles = await openForTest({ kubeconfigPath });

    expect(await fromFiles.source.identify(AbortSignal.timeout(patienceMilliseconds))).toMatchObject({ state: 'reached' });
    expect(
      await identify(server, {
        cluster: trusting,
        user: { 'client-certificate-data': base64(jane.certificate), 'client-key-data': base64(jane.key) },
      }),
    ).toMatchObject({ state: 'reached' });
    expect(await identify(server, { cluster: trusting })).toMatchObject({ state: 'failed' });
    await fromFiles.source.close();
  });

  test('connections are made anew when the material on disk changes, and only then', async () => {
    const server = await secureServer();
    const kubeconfigPath = kubeconfigFor(server.url, { cluster: { 'certificate-authority': 'ca.crt' } });
    const caFile = join(kubeconfigPath, '../ca.crt');
    writeFileSync(caFile, authority.certificate);
    const { read, source } = await openForTest({ kubeconfigPath }, { requestsAtOnce: 1 });
    for (let time = 0; time < 5; time += 1) await read('pods');
    const before = server.connections();
    writeFileSync(caFile, `${authority.certificate}${testAuthority('one more').certificate}`);
    await read('pods');
    await source.close();

    expect([before, server.connections()]).toEqual([1, 2]);
  });
});

describe('tokens', () => {
  test('are sent from the kubeconfig, and from a file without its line end, as it is now', async () => {
    const server = await secureServer(hasToken('night-token'));
    const kubeconfigPath = kubeconfigFor(server.url, { cluster: trusting, user: { tokenFile: 'token' } });
    writeFileSync(join(kubeconfigPath, '../token'), 'night-token\n');
    const { source } = await openForTest({ kubeconfigPath });
    opened.push(source);

    expect(await source.identify(AbortSignal.timeout(patienceMilliseconds))).toMatchObject({ state: 'reached' });
    expect(await identify(server, { cluster: trusting, user: { token: 'night-token' } })).toMatchObject({ state: 'reached' });
  });

  test('of a pod’s service account are used inside a cluster', async () => {
    const server = await secureServer(hasToken('pod-token'));
    const podFolder = temporaryFolder();
    for (const [name, content] of Object.entries({ token: 'pod-token', namespace: 'shop', 'ca.crt': authority.certificate }))
      writeFileSync(join(podFolder, name), content);
    const { hostname, port } = new URL(server.url);
    const { source } = await openForTest({
      podFolder,
      environment: { HOME: temporaryFolder(), KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
    });
    opened.push(source);

    expect(await source.identify(AbortSignal.timeout(patienceMilliseconds))).toEqual({
      state: 'reached',
      now: testNow,
      cluster: { source: 'live', name: 'in-cluster', version: 'v1.34.1' },
    });
  });

  test('of OpenID Connect are taken from the kubeconfig while they are good', async () => {
    const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
    const idToken = `${part({ alg: 'none' })}.${part({ exp: 4_102_444_800 })}.c2ln`;
    const server = await secureServer(hasToken(idToken));
    const user = {
      'auth-provider': { name: 'oidc', config: { 'id-token': idToken, 'client-id': 'stanch', 'idp-issuer-url': 'https://issuer.example' } },
    };

    expect(await identify(server, { cluster: trusting, user })).toMatchObject({ state: 'reached' });
  });

  test('give way to a name and password, and impersonation is carried whole', async () => {
    let headers: IncomingMessage['headers'] = {};
    const server = await secureServer((request) => {
      headers = request.headers;
      return true;
    });
    await identify(server, {
      cluster: trusting,
      user: {
        username: 'jane',
        password: 'p',
        as: 'night',
        'as-groups': ['on-call', 'payments'],
        'as-uid': '7',
        'as-user-extra': { reason: ['page'] },
      },
    });

    expect(headers).toMatchObject({
      authorization: `Basic ${base64('jane:p')}`,
      'impersonate-user': 'night',
      'impersonate-group': 'on-call, payments',
      'impersonate-uid': '7',
      'impersonate-extra-reason': 'page',
    });
  });
});

describe('a credential plugin', () => {
  /** Writes a line into `runs` each time and prints the credential that stands in `credential`. */
  function plugin(script: string): { readonly user: object; readonly folder: string; readonly runs: () => readonly string[] } {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'bin'));
    const command = join(folder, 'bin', 'login');
    writeFileSync(
      command,
      `#!/bin/sh\nprintf '%s %s\\n' "$1" "$KUBERNETES_EXEC_INFO" >> '${folder}/runs'\n${script.replaceAll('FOLDER', folder)}\n`,
    );
    chmodSync(command, 0o755);
    return {
      folder,
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command,
          args: ['--night'],
          env: [{ name: 'PATH', value: process.env['PATH'] }],
          provideClusterInfo: true,
          installHint: 'run "acme login"',
        },
      },
      runs: () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n'),
    };
  }
  const credential = (token: string, more: object = {}): string => JSON.stringify({ kind: 'ExecCredential', status: { token, ...more } });

  test('is run once for many requests, with its parameters, and is told about the cluster', async () => {
    const { user, runs } = plugin(`echo '${credential('from-plugin')}'`);
    const server = await secureServer(hasToken('from-plugin'));
    const { read, source } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url, { cluster: trusting, user }) });
    opened.push(source);
    await Promise.all([read('pods'), read('pods'), read('pods')]);

    expect(await read('pods')).toMatchObject({ state: 'read' });
    expect(runs()).toHaveLength(1);
    expect(runs()[0]).toMatch(/^--night \{.*"interactive":false.*"server":"https:\/\/127\.0\.0\.1:\d+"/);
  });

  test('is run again when its credential has expired, and when the server refuses it', async () => {
    const expired = plugin(`echo '${credential('from-plugin', { expirationTimestamp: '2026-03-01T09:00:00Z' })}'`);
    const server = await secureServer(hasToken('from-plugin'));
    const first = await openForTest({ kubeconfigPath: kubeconfigFor(server.url, { cluster: trusting, user: expired.user }) });
    await first.read('pods');
    await first.read('pods');

    expect(expired.runs()).toHaveLength(2);

    const refused = plugin(
      `if [ "$(wc -l < 'FOLDER/runs')" -gt 1 ]; then echo '${credential('from-plugin')}'; else echo '${credential('stale')}'; fi`,
    );
    const second = await openForTest({ kubeconfigPath: kubeconfigFor(server.url, { cluster: trusting, user: refused.user }) });
    opened.push(first.source, second.source);

    expect(await second.read('pods')).toMatchObject({ state: 'read' });
    expect(refused.runs()).toHaveLength(2);
  });

  test('may give a client certificate', async () => {
    const jane = authority.issue('jane');
    const { user } = plugin(`cat 'FOLDER/credential'`);
    const folder = join((user as { readonly exec: { readonly command: string } }).exec.command, '../..');
    writeFileSync(
      join(folder, 'credential'),
      JSON.stringify({ status: { clientCertificateData: jane.certificate, clientKeyData: jane.key } }),
    );
    const server = await secureServer(({ socket }) => socket instanceof TLSSocket && socket.authorized, {
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    });

    expect(await identify(server, { cluster: trusting, user })).toMatchObject({ state: 'reached' });
  });

  test.each([
    ['ends with an error', 'echo "your session has ended" >&2; exit 3', /login" ended with status 3: your session has ended$/],
    ['prints something else', 'echo Welcome!', /login" did not print an ExecCredential$/],
    ['gives nothing', `echo '{"status":{}}'`, /login" gave neither a token nor a certificate$/],
  ])('that %s is named, with what its makers advise', async (_what, script, happened) => {
    const server = await secureServer();
    const identity = await identify(server, { cluster: trusting, user: plugin(script).user });

    expect(identity).toMatchObject({ state: 'failed', whatToDo: 'run "acme login"' });
    expect(identity.state === 'failed' && identity.happened).toMatch(happened);
    expect(server.asked).toEqual([]);
  });

  test('that is not installed is named', async () => {
    const identity = await identify(await secureServer(), { cluster: trusting, user: { exec: { command: 'no-such-login' } } });

    expect(identity.state === 'failed' && identity.happened).toBe('the credential plugin "no-such-login" is not installed');
  });

  test('that never ends does not outlive the budget', async () => {
    const server = await secureServer();
    const { source } = await openForTest({
      kubeconfigPath: kubeconfigFor(server.url, { cluster: trusting, user: plugin('sleep 60').user }),
    });
    opened.push(source);

    expect(await source.identify(AbortSignal.timeout(100))).toMatchObject({
      state: 'failed',
      happened: 'the time for the investigation was used up before it was answered',
    });
  });
});

describe('a proxy', () => {
  /** Answers CONNECT (HTTP) or SOCKS 5 without credentials, and joins the two sides. */
  async function proxy(kind: 'http' | 'socks5'): Promise<{ readonly url: string; readonly targets: readonly string[] }> {
    const targets: string[] = [];
    const join = (client: Socket, host: string, port: number, greeting: Buffer): void => {
      targets.push(`${host}:${port}`);
      const server = connect(port, host, () => {
        client.write(greeting);
        client.pipe(server).pipe(client);
      });
      server.on('error', () => client.destroy());
    };
    const listener = createServer((client) => {
      client.on('error', () => undefined);
      client.once('data', (first) => {
        if (kind === 'http') {
          const [, host = '', port = ''] = /^CONNECT ([^:]+):(\d+) /.exec(first.toString('latin1')) ?? [];
          join(client, host, Number(port), Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n'));
          return;
        }
        client.write(Buffer.from([5, 0]));
        client.once('data', (asked) => {
          const isName = asked[3] === 3;
          const host = isName ? asked.subarray(5, 5 + (asked[4] ?? 0)).toString('latin1') : [...asked.subarray(4, 8)].join('.');
          join(client, host, asked.readUInt16BE(asked.length - 2), Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        });
      });
    });
    await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready));
    opened.push({ close: () => listener.close() });
    return { url: `${kind}://127.0.0.1:${(listener.address() as AddressInfo).port}`, targets };
  }

  test.each(['http', 'socks5'] as const)('of the kubeconfig is used: %s', async (kind) => {
    const server = await secureServer(hasToken('t'));
    const { url, targets } = await proxy(kind);

    expect(await identify(server, { cluster: { ...trusting, 'proxy-url': url }, user: { token: 't' } })).toMatchObject({
      state: 'reached',
    });
    expect(targets).toEqual([new URL(server.url).host]);
  });

  test('of the environment is used for other machines, unless they are excepted', async () => {
    const server = await secureServer();
    const { url, targets } = await proxy('http');
    const elsewhere = { url: server.url.replace('127.0.0.1', '0.0.0.0') };
    const parts = { cluster: { ...trusting, 'tls-server-name': 'api.example' } };
    await identify(elsewhere, parts, { HTTPS_PROXY: url });
    await identify(elsewhere, parts, { HTTPS_PROXY: url, NO_PROXY: 'other.example,0.0.0.0' });
    await identify(server, parts, { HTTPS_PROXY: url });

    expect(targets).toEqual([new URL(elsewhere.url).host]);
  });
});
