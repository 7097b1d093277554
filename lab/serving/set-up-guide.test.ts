import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readServerSettings } from '../../src/server-settings/read-server-settings.ts';
import { fillIn } from '../fill-in.ts';

const root = join(import.meta.dirname, '..', '..');
const guide = read('docs/alertmanager.md');
/** What the guide calls what the lab has under names of its own. */
const names = {
  STANCH: 'https://stanch.example.com',
  ALERTMANAGER_TOKEN: '/etc/stanch/alertmanager-token',
  GITHUB: 'https://github.example.com',
  GITHUB_TOKEN: '/etc/stanch/github-token',
};

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function blockOf(name: string): string {
  const [, block = ''] = new RegExp(`<!-- ${name}: begin -->\n\`\`\`yaml\n([^]*?)\`\`\`\n<!-- ${name}: end -->`).exec(guide) ?? [];
  expect(block).not.toBe('');
  return block;
}

test('the guide has the very configuration of Alertmanager that the lab runs', () => {
  const path = 'lab/hosts/monitoring/etc/prometheus/alertmanager.yml';
  expect(blockOf('alertmanager')).toBe(fillIn(read(path), names, path));
});

test('the settings of the guide are those with which the lab takes pages, which tells somebody as well', () => {
  const path = 'lab/serving/server.yaml';
  expect(fillIn(read(path), names, path).startsWith(blockOf('settings'))).toBe(true);
});

test('the settings of the guide take pages that carry the secret', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'a-secret-of-the-guide\n', { mode: 0o600 });
  writeFileSync(join(folder, 'server.yaml'), blockOf('settings').replace(names.ALERTMANAGER_TOKEN, join(folder, 'token')));
  const reading = await readServerSettings(join(folder, 'server.yaml'), {});

  if (reading.state === 'failed') throw new Error(reading.happened);
  expect(reading.settings.webhooks.alertmanager.map((secret) => secret.reveal())).toEqual(['a-secret-of-the-guide']);
});
