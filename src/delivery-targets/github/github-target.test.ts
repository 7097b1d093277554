import { expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import { openPeer, ticket, unstopped } from '../testing-peer.ts';
import type { Asked, Given } from '../testing-peer-server.ts';
import { githubTarget } from './github-target.ts';
import { answerAsGithub, type Issue } from './testing-repository.ts';

function targetAt(address: string) {
  const where = { address, repository: 'example/operations', labels: ['incident'] } as const;
  return githubTarget({ kind: 'github', name: 'tickets', takes: ['ticket'], ...where, token: new Secret('token-of-github') });
}

/** Loses the first answers after doing what was asked. */
function repository(issues: Issue[], losesAnswers: { left: number } = { left: 0 }): (asked: Asked) => Given {
  const github = { name: 'example/operations', token: 'token-of-github', webAddress: 'https://github.com', issues };
  return (asked) => {
    const given = answerAsGithub(github, asked);
    if (asked.method !== 'POST') return given;
    losesAnswers.left -= 1;
    return losesAnswers.left >= 0 ? 'lost' : given;
  };
}

test('a ticket is opened once, also when the answer is lost and others open issues meanwhile', async () => {
  const issues: Issue[] = [{ html_url: 'https://github.com/example/operations/issues/1', body: null }];
  const peer = await openPeer(repository(issues, { left: 1 }));
  const target = targetAt(peer.address);
  expect(await target.deliver(ticket, unstopped)).toMatchObject({ state: 'failed' });
  for (let count = 0; count < 150; count += 1) issues.push({ html_url: 'https://github.com/other', body: 'of somebody else' });
  const link = 'https://github.com/example/operations/issues/2';
  expect(await target.deliver(ticket, unstopped)).toEqual({ state: 'known', link });
  expect(issues.filter(({ body }) => body?.includes('Two of three'))).toHaveLength(1);
});

test('another key is another ticket, with the text, the link to the incident and the labels', async () => {
  const issues: Issue[] = [];
  const peer = await openPeer(repository(issues));
  const target = targetAt(peer.address);
  expect(await target.deliver(ticket, unstopped)).toEqual({ state: 'delivered', link: 'https://github.com/example/operations/issues/1' });
  expect(await target.deliver({ ...ticket, key: 'night-1/ticket/2' }, unstopped)).toMatchObject({ state: 'delivered' });
  expect(issues).toHaveLength(2);
  expect(JSON.parse(peer.asked[1]?.body ?? '')).toEqual({
    title: ticket.title,
    body: expect.stringMatching(/Two of three[^]*incidents\/night-1\n\n<!-- stanch: [0-9a-f]{32} -->$/),
    labels: ['incident'],
  });
});

test('where nobody can look, nothing is opened', async () => {
  const peer = await openPeer(({ method }) => ({ status: method === 'GET' ? 502 : 201, body: {} }));
  expect(await targetAt(peer.address).deliver(ticket, unstopped)).toMatchObject({ state: 'failed' });
  expect(peer.asked.map(({ method }) => method)).toEqual(['GET']);
});

test('403 for asking too often is patience, and 403 otherwise is a permission', async () => {
  const date = 'Sun, 29 Nov 2026 03:00:00 GMT';
  const reset = String(Date.parse(date) / 1000 + 90);
  const headers = { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
  const busy = await openPeer(() => ({ status: 403, headers }));
  expect(await targetAt(busy.address).deliver(ticket, unstopped)).toMatchObject({ state: 'failed', retryAfterMilliseconds: 90_000 });
  const closed = await openPeer(() => ({ status: 403, body: { message: 'Resource not accessible with token-of-github' } }));
  const outcome = await targetAt(closed.address).deliver(ticket, unstopped);
  expect(outcome).toMatchObject({ state: 'refused', because: expect.stringContaining('Issues: read and write') });
  expect(JSON.stringify(outcome)).not.toContain('token-of-github');
});

test('what is not GitHub is refused', async () => {
  const peer = await openPeer(() => ({ status: 200, body: '<html>' }));
  expect(await targetAt(peer.address).deliver(ticket, unstopped)).toMatchObject({ because: expect.stringContaining('check its address') });
});

test('nobody is called and no issue is pointed at by a word of a log, and commands stay as they are', async () => {
  const issues: Issue[] = [];
  const peer = await openPeer(repository(issues));
  const text = 'for @everybody and @example/sre, see #7: `kubectl set image x=y@sha256:1 #1`';
  await targetAt(peer.address).deliver({ ...ticket, text }, unstopped);

  expect(issues[0]?.body).toContain('for @&#8203;everybody and @&#8203;example/sre, see #&#8203;7: `kubectl set image x=y@sha256:1 #1`');
});
