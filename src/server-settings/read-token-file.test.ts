import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTokenFile, type TokenReading } from './read-token-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-token-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'token');
const token = 'stanch_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';

function read(text: string, mode = 0o400): Promise<TokenReading> {
  rmSync(path, { force: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return readTokenFile(path);
}

test.each([0o400, 0o440, 0o600, 0o640])('it is read with mode %o, with the line end that an editor leaves', async (mode) => {
  const reading = await read(`${token}\n`, mode);
  expect(reading.state === 'read' && reading.secret.reveal()).toBe(token);
});

test('it is read through a link, as Kubernetes mounts it, and what counts is the mode of the file behind', async () => {
  await read(token);
  const link = join(folder, 'link');
  symlinkSync(path, link);
  expect((await readTokenFile(link)).state).toBe('read');
  chmodSync(path, 0o444);
  expect(await readTokenFile(link)).toMatchObject({ state: 'failed', happened: 'anybody on this machine may read it' });
});

test.each([
  [0o444, 'anybody on this machine may read it', 'chmod o-r'],
  [0o604, 'anybody on this machine may read it', 'defaultMode: 0440'],
  [0o602, 'anybody on this machine may change what it allows', 'chmod o-w'],
])('with mode %o it is refused: %s', async (mode, happened, whatToDo) => {
  const reading = await read(token, mode);
  expect(reading).toMatchObject({ state: 'failed', attempted: `reading the administrator's token ${path}`, happened });
  expect(reading.state === 'failed' && reading.whatToDo).toContain(whatToDo);
});

test.each([
  ['', 'it is empty'],
  ['a password', 'it is not "stanch_" and 43 letters, digits, hyphens and underscores'],
  [`${token}x`, 'it is not "stanch_" and 43 letters, digits, hyphens and underscores'],
  [`${token}\n${token}`, 'it is not "stanch_" and 43 letters, digits, hyphens and underscores'],
  [`stanch_${'change-me-'.repeat(5).slice(0, 43)}`, 'it is not random: too few of its characters differ'],
])('%j is no token: %s', async (text, happened) => {
  const reading = await read(text);
  expect(reading).toMatchObject({ state: 'failed', happened });
  if (text !== '') expect(JSON.stringify(reading)).not.toContain(text);
});

test('the command that a refusal names makes one that is taken', async () => {
  const refused = await read('');
  const command = refused.state === 'failed' ? refused.whatToDo.replace('Make one with: ', '') : '';
  expect((await read(execFileSync('sh', ['-c', command], { encoding: 'utf8' }))).state).toBe('read');
});

test('a file that is not there is named', async () => {
  expect(await readTokenFile(join(folder, 'absent'))).toMatchObject({ state: 'failed', happened: 'there is no such file' });
});
