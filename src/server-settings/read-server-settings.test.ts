import { mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { usualServerSettings } from '../domain/server-settings.ts';
import { parseStrictYaml } from '../strict-yaml/parse-strict-yaml.ts';
import { readServerSettings, type SettingsReading } from './read-server-settings.ts';
import { everyKey, settingsShape } from './settings-shape.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const page = readFileSync(new URL('../../docs/server-settings.md', import.meta.url), 'utf8');
const example = /<!-- example: begin -->\n```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
const secretNames = [...example.matchAll(/\/run\/secrets\/([\w-]+)/g)].map((match) => match[1] ?? '');

function written(text: string, mode = 0o600): string {
  const path = join(folder, 'settings.yaml');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function read(text: string, variables: { readonly [name: string]: string } = {}): Promise<SettingsReading> {
  return readServerSettings(written(text.replaceAll('/run/secrets/', `${folder}/`)), variables);
}

function happened(reading: SettingsReading): string | undefined {
  return reading.state === 'failed' ? reading.happened : undefined;
}

const minimal = 'schema: stanch.dev/server/v1\n';
const reached = `${minimal}publicAddress: https://x.example\n`;

function openId(more: { readonly [key: string]: string } = {}): string {
  const fields = { name: 'Example', issuer: 'https://login.example', clientId: 'stanch', roles: '{ view: [ops] }', ...more };
  return `openId:\n${Object.entries(fields)
    .map(([key, value]) => `  ${key}: ${value}\n`)
    .join('')}`;
}

describe('the example of the documentation', () => {
  test('is read, with its secrets', async () => {
    for (const name of secretNames) writeFileSync(join(folder, name), `https://secret.example/${name}\n`);
    const reading = await read(example, { STANCH_ALERTMANAGER_SECRET: 'a-secret-of-the-environment' });
    if (reading.state === 'failed') throw new Error(reading.happened);
    const { settings } = reading;

    expect(settings).toMatchObject({
      publicAddress: 'https://stanch.example.com',
      timeZone: 'Europe/Berlin',
      trustedProxies: ['10.0.0.0/8'],
      metrics: { readableBy: 'token' },
    });
    expect(settings.webhooks.alertmanager.map((secret) => secret.reveal())).toEqual([
      'https://secret.example/alertmanager',
      'a-secret-of-the-environment',
    ]);
    expect(settings.deliveries.map(({ name, kind }) => [name, kind])).toEqual([
      ['on-call-chat', 'slack'],
      ['tickets', 'github'],
      ['planning', 'jira'],
      ['pager', 'pagerduty'],
      ['mail', 'mail'],
      ['anything-else', 'webhook'],
    ]);
    expect(JSON.stringify(settings)).not.toContain('secret.example');
  });

  test('names every key, so that every key can be guessed from a slip', () => {
    const keys = new Set([...example.replace(/#.*/g, '').matchAll(/([A-Za-z]+):(?= |\n)/g)].map((match) => match[1] ?? ''));

    expect([...keys].toSorted()).toEqual(everyKey.toSorted());
  });
});

test('a provider is a public client that is asked for an address and groups, unless something else is said', async () => {
  for (const issuer of ['https://login.example', 'http://127.0.0.1:9000/realm']) {
    expect(await read(`${reached}${openId({ issuer })}`)).toMatchObject({
      state: 'read',
      settings: {
        openId: {
          issuer,
          clientSecret: undefined,
          scopes: ['openid', 'email'],
          userClaim: 'email',
          groupsClaim: 'groups',
          roles: { view: ['ops'], operate: [], administer: [] },
        },
      },
    });
  }
});

test('nothing but the schema is a server that nobody set up', async () => {
  expect(await read(minimal)).toEqual({ state: 'read', settings: usualServerSettings });
});

describe('refused, with its line', () => {
  const delivery = 'deliveries:\n  - name: x\n    kind: slack\n    address: { environment: ADDRESS }\n';

  test.each([
    [
      'an unknown key',
      `${minimal}publicAdress: https://x.example\n`,
      'line 2, publicAdress: there is no such key; did you mean publicAddress?',
    ],
    ['another schema', 'schema: stanch.dev/server/v2\n', 'line 1, schema: it should be stanch.dev/server/v1'],
    [
      'an address with a path',
      `${minimal}publicAddress: https://x.example/stanch\n`,
      'line 2, publicAddress: it should be an address without a path, for example https://stanch.example.com',
    ],
    ['another protocol', `${minimal}publicAddress: javascript:alert(1)\n`, 'line 2, publicAddress: it should be an address without a path'],
    ['a zone that there is none of', `${minimal}timeZone: Europe/Nowhere\n`, 'line 2, timeZone: there is no such time zone'],
    ['no network', `${minimal}trustedProxies:\n  - 10.0.0.0/64\n`, 'line 3, trustedProxies[0]: it should be an address or a network'],
    ['a secret in the file', `${minimal}webhooks:\n  page:\n    secrets: [hunter2hunter2hunter2]\n`, 'line 4, webhooks.page.secrets[0]'],
    ['a list without secrets', `${minimal}webhooks:\n  page: { secrets: [] }\n`, 'line 3, webhooks.page.secrets: it is empty'],
    ['two places', `${minimal}webhooks:\n  page: { secrets: [{ file: a, environment: B }] }\n`, 'give either file or environment'],
    ['an unknown kind', `${minimal}deliveries:\n  - { name: x, kind: pigeon }\n`, 'line 3, deliveries[0].kind'],
    ['somewhere to sign in without an address to come back to', `${minimal}${openId()}`, 'line 2, openId: it needs publicAddress'],
    [
      'a provider by plain http',
      `${reached}${openId({ issuer: 'http://login.example' })}`,
      'line 5, openId.issuer: it should begin with https://',
    ],
    ['a provider with a query', `${reached}${openId({ issuer: 'https://login.example/?a=b' })}`, 'openId.issuer'],
    ['scopes without openid', `${reached}${openId({ scopes: '[email]' })}`, 'openId.scopes: it has to contain openid'],
    ['groups of nobody', `${reached}${openId({ roles: '{ view: [] }' })}`, 'openId.roles: it names no group, so that nobody could sign in'],
    ['a role that there is none of', `${reached}${openId({ roles: '{ root: [ops] }' })}`, 'there is no such key'],
    ['the same name twice', `${minimal}${delivery}${delivery.replace('deliveries:\n', '')}`, 'another delivery has the same name'],
  ])('%s', async (_what, text, expected) => {
    expect(happened(await read(text))).toContain(expected);
  });

  test('a secret that is not there, is empty, or can be guessed, each named by its place', async () => {
    const webhooks = (reference: string): string => `${minimal}webhooks:\n  page: { secrets: [${reference}] }\n`;

    expect(happened(await read(webhooks('{ environment: NOWHERE }')))).toBe('webhooks.page: the variable NOWHERE is not set');
    expect(happened(await read(webhooks('{ file: /run/secrets/nowhere }')))).toBe(
      `webhooks.page: the file ${folder}/nowhere could not be read (ENOENT)`,
    );
    expect(happened(await read(webhooks('{ environment: EMPTY }'), { EMPTY: '\n' }))).toBe('webhooks.page: the variable EMPTY is empty');
    expect(happened(await read(webhooks('{ environment: SHORT }'), { SHORT: 'hunter2' }))).toBe(
      'webhooks.page: a secret is shorter than 16 characters, and can be guessed',
    );
    expect(happened(await read(`${minimal}${delivery}`, { ADDRESS: 'hunter2hunter2' }))).toBe(
      'deliveries x: its address does not begin with https://',
    );
  });

  test('a file that anybody may write decides nothing', async () => {
    const path = written(minimal, 0o666);

    expect(happened(await readServerSettings(path, {}))).toBe('anybody on this machine may change what it allows');
    expect(happened(await readServerSettings(join(folder, 'nowhere.yaml'), {}))).toBe('there is no such file');
  });
});

test('no text makes the reader throw, and what it takes has only known keys', () => {
  const words = fc.constantFrom(...everyKey, 'slack', 'https://x.example', '[', '{', ']', '}', ': ', '\n', '  ', '- ', '&a', '*a', '"');
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words).map((parts) => `${minimal}${parts.join('')}`),
  );

  fc.assert(
    fc.property(texts, (text) => {
      const outcome = parseStrictYaml(text, { shape: settingsShape, everyKey, is: 'one server' });
      expect(
        outcome.state === 'parsed' ? Object.keys(outcome.value).every((key) => everyKey.includes(key)) : outcome.problems.length > 0,
      ).toBe(true);
    }),
    { numRuns: 100 },
  );
});
