import { expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import { openPeer, reminder, unstopped } from '../testing-peer.ts';
import { slackTarget } from './slack-target.ts';

function targetAt(address: string) {
  return slackTarget({ kind: 'slack', name: 'chat', takes: ['reminder'], address: new Secret(`${address}/services/T0/B0/abcdef`) });
}

test('the chat gets a message in its own Markdown, in which a text can mention nobody', async () => {
  const peer = await openPeer(() => ({ status: 200, body: 'ok' }));
  const delivery = { ...reminder, text: `${reminder.text} <!channel>` };
  expect(await targetAt(peer.address).deliver(delivery, unstopped)).toEqual({ state: 'delivered' });
  expect(peer.asked[0]).toMatchObject({ method: 'POST', path: '/services/T0/B0/abcdef' });
  const { text } = JSON.parse(peer.asked[0]?.body ?? '') as { readonly text: string };
  expect(text.split('\n')).toEqual([
    '*Incident: payments answer 5xx*',
    '*What is so*',
    '',
    '*Two of three* replicas fail &lt;now&gt;. &lt;!channel&gt;',
    '<https://stanch.example.com/incidents/night-1|Open the incident>',
  ]);
});

test('a long text is shortened, and that is said', async () => {
  const peer = await openPeer(() => ({ status: 200, body: 'ok' }));
  await targetAt(peer.address).deliver({ ...reminder, text: 'x'.repeat(50_000) }, unstopped);
  const { text } = JSON.parse(peer.asked[0]?.body ?? '') as { readonly text: string };
  expect(text.length).toBeLessThan(4000);
  expect(text).toContain('… (shortened)');
});

test('a webhook that was taken away is refused, and what to do is said without its address', async () => {
  for (const [status, body] of [
    [403, 'invalid_token'],
    [404, 'no_service'],
    [410, 'channel_is_archived'],
  ] as const) {
    const peer = await openPeer(() => ({ status, body }));
    const outcome = await targetAt(peer.address).deliver(reminder, unstopped);
    expect(outcome).toMatchObject({ state: 'refused', because: expect.stringContaining('make a') });
    expect(JSON.stringify(outcome)).not.toContain('abcdef');
  }
});

test('Slack asks for patience with 429', async () => {
  const peer = await openPeer(() => ({ status: 429, headers: { 'retry-after': '30' } }));
  expect(await targetAt(peer.address).deliver(reminder, unstopped)).toMatchObject({ state: 'failed', retryAfterMilliseconds: 30_000 });
});
