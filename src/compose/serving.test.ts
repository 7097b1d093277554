import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { serve } from './serving.ts';
import { newSecret } from '../engine/access/access-secret.ts';
import type { ServeRequest } from '../surfaces/command-line/serving-composition.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-compose-serving-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recording = new URL('../../recordings/kube-proxy-rules-incomplete/the-seed', import.meta.url).pathname;
const adminTokenFile = join(folder, 'token');
const request: ServeRequest = {
  source: { recording, lookBackMilliseconds: 86_400_000, budgetSeconds: 60 },
  settings: { database: `sqlite:${join(folder, 'stanch.db')}`, soakMilliseconds: 1000, withinMilliseconds: 1000 },
  listen: { host: '127.0.0.1', port: 0 },
  adminTokenFile,
};

test('with a token file nothing secret is told, and whoever has the token administers', async () => {
  const secret = newSecret();
  writeFileSync(adminTokenFile, secret);
  chmodSync(adminTokenFile, 0o400);
  const told: string[] = [];
  const ending = new AbortController();
  const statuses: number[] = [];
  const looked = Promise.withResolvers<void>();
  const look = async (line: string): Promise<void> => {
    const address = `${line.replace('Stanch serves at ', '')}/api/v1/tokens`;
    for (const token of [secret, newSecret()])
      statuses.push((await fetch(address, { headers: { authorization: `Bearer ${token}` } })).status);
  };

  const served = serve(
    request,
    (line) => {
      told.push(line);
      look(line).then(looked.resolve, looked.reject);
    },
    ending.signal,
  );
  await Promise.race([looked.promise, served]);
  ending.abort();

  expect(await served).toEqual({ state: 'stopped' });
  expect(statuses).toEqual([200, 401]);
  expect(told).toEqual([expect.stringMatching(/^Stanch serves at http:\/\/127\.0\.0\.1:\d+$/)]);
});

test('a token file that anybody may read is refused before anything is opened', async () => {
  writeFileSync(join(folder, 'readable'), newSecret(), { mode: 0o644 });
  chmodSync(join(folder, 'readable'), 0o644);
  const refused = { ...request, adminTokenFile: join(folder, 'readable'), settings: { ...request.settings, database: 'nonsense:' } };

  expect(await serve(refused, () => undefined, new AbortController().signal)).toMatchObject({
    state: 'failed',
    happened: 'anybody on this machine may read it',
  });
});
