import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import type { DeliverySettings } from '../../domain/server-settings.ts';
import { testAuthority } from '../../evidence-sources/kubernetes-api/testing-certificates.ts';
import { reminder, unstopped } from '../testing-peer.ts';
import { mailTarget } from './mail-target.ts';

type MailSettings = Extract<DeliverySettings, { readonly kind: 'mail' }>;

async function openMailServer(behaviour: SMTPServerOptions) {
  const mails: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      const chunks: Uint8Array[] = [];
      stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        done();
      });
    },
    ...behaviour,
  });
  // A client that breaks off is an error of the server's connection, and what several tests are about.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  onTestFinished(close);
  return { port, mails, close };
}

function targetAt(port: number, differently: Partial<MailSettings> = {}, patienceMilliseconds?: number) {
  const usual = { kind: 'mail', name: 'mail', takes: ['reminder'], host: '127.0.0.1', port, encryption: 'none', login: undefined } as const;
  const who = { from: 'stanch@example.com', to: ['oncall@example.com', 'team@example.com'] } as const;
  return mailTarget({ ...usual, ...who, ...differently }, patienceMilliseconds);
}

function rejection(message: string, responseCode: number): Error {
  return Object.assign(new Error(message), { responseCode });
}

test('the mail says what is due, and one key has one Message-ID', async () => {
  const server = await openMailServer({});
  const target = targetAt(server.port);
  for (const key of [reminder.key, reminder.key, 'another'])
    expect(await target.deliver({ ...reminder, key }, unstopped)).toEqual({ state: 'delivered' });
  const [first = ''] = server.mails;
  expect(first).toContain('Subject: Incident: payments answer 5xx');
  expect(first).toContain('To: oncall@example.com, team@example.com');
  expect(first).toMatch(/Two of three[^]*https:\/\/stanch\.example\.com\/incidents\/night-1/);
  const ids = server.mails.map((mail) => /^Message-ID: <[0-9a-f]{32}@example\.com>/im.exec(mail)?.[0]);
  expect(ids[0]).toBeDefined();
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});

test('a login that is rejected is refused, and the password is not repeated', async () => {
  const server = await openMailServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) =>
      password === 'the-right-password' ? done(null, { user: 'stanch' }) : done(rejection(`no: ${password}`, 535)),
  });
  const wrong = targetAt(server.port, { login: { user: 'stanch', password: new Secret('a-wrong-password') } });
  const outcome = await wrong.deliver(reminder, unstopped);
  expect(outcome).toMatchObject({ state: 'refused', because: expect.stringContaining('check user and password') });
  expect(JSON.stringify(outcome)).not.toContain('a-wrong-password');
  const right = targetAt(server.port, { login: { user: 'stanch', password: new Secret('the-right-password') } });
  expect(await right.deliver(reminder, unstopped)).toEqual({ state: 'delivered' });
});

test('a server without STARTTLS gets neither the mail nor the login, where encryption was asked for', async () => {
  const server = await openMailServer({});
  const outcome = await targetAt(server.port, { encryption: 'starttls' }).deliver(reminder, unstopped);
  expect(outcome).toMatchObject({ because: expect.stringMatching(/encrypt|does not take|rejects/) });
  expect(outcome.state).not.toBe('delivered');
  expect(server.mails).toEqual([]);
});

test('a certificate that nobody vouches for is not accepted, with starttls and with tls', async () => {
  for (const [secure, encryption] of [
    [false, 'starttls'],
    [true, 'tls'],
  ] as const) {
    const { certificate: cert, key } = testAuthority('nobody').issue('localhost');
    const server = await openMailServer({ secure, cert, key, disabledCommands: ['AUTH'] });
    expect(await targetAt(server.port, { encryption }).deliver(reminder, unstopped)).toMatchObject({ state: 'failed' });
    expect(server.mails).toEqual([]);
  }
});

test('over a connection that an authority vouches for the mail and the login go through, with starttls and with tls', async () => {
  const trusted = getCACertificates('default');
  onTestFinished(() => setDefaultCACertificates(trusted));
  const authority = testAuthority('mail-authority');
  setDefaultCACertificates([...trusted, authority.certificate]);
  const { certificate: cert, key } = authority.issue('mail.example.com');
  for (const [secure, encryption] of [
    [false, 'starttls'],
    [true, 'tls'],
  ] as const) {
    const logins: (string | undefined)[] = [];
    const server = await openMailServer({
      secure,
      cert,
      key,
      disabledCommands: [],
      authOptional: false,
      onAuth: ({ username, password }, { secure: isEncrypted }, done) => {
        logins.push(`${username} ${password} ${isEncrypted ? 'encrypted' : 'for all to read'}`);
        done(null, { user: 'stanch' });
      },
    });
    const login = { user: 'stanch', password: new Secret('the-right-password') };
    expect(await targetAt(server.port, { encryption, login }).deliver(reminder, unstopped)).toEqual({ state: 'delivered' });
    expect([server.mails.length, logins]).toEqual([1, ['stanch the-right-password encrypted']]);
    const { certificate, key: otherKey } = authority.issue('elsewhere.example.com');
    const elsewhere = await openMailServer({ secure, cert: certificate, key: otherKey, disabledCommands: ['AUTH'] });
    const byName = targetAt(elsewhere.port, { encryption, host: 'localhost' });
    expect(await byName.deliver(reminder, unstopped)).toMatchObject({ state: 'failed' });
    expect(elsewhere.mails).toEqual([]);
  }
});

test('a mailbox that does not exist is named; a server that wants to be asked later is', async () => {
  const server = await openMailServer({
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('team') ? rejection('no such mailbox', 550) : undefined),
  });
  expect(await targetAt(server.port).deliver(reminder, unstopped)).toMatchObject({
    state: 'refused',
    because: expect.stringContaining('not for team@example.com'),
  });
  const busy = await openMailServer({ onMailFrom: (_address, _session, done) => done(rejection('greylisted', 451)) });
  expect(await targetAt(busy.port).deliver(reminder, unstopped)).toMatchObject({
    state: 'failed',
    because: expect.stringContaining('451'),
  });
});

test('a server that says nothing has failed in time, and so has one that is not there', async () => {
  const silent = await openMailServer({ onConnect: () => undefined });
  expect(await targetAt(silent.port, {}, 200).deliver(reminder, unstopped)).toMatchObject({ state: 'failed' });
  await silent.close();
  expect(await targetAt(silent.port).deliver(reminder, unstopped)).toMatchObject({ state: 'failed' });
});
