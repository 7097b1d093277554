import { expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import { openPeer, ticket, unstopped } from '../testing-peer.ts';
import type { Asked, Given } from '../testing-peer-server.ts';
import { jiraTarget } from './jira-target.ts';

function targetAt(address: string, project = 'OPS') {
  const who = { user: 'stanch@example.com', token: new Secret('token-of-jira') } as const;
  return jiraTarget({ kind: 'jira', name: 'planning', takes: ['ticket'], address, project, issueType: 'Task', ...who });
}

interface Fields {
  readonly project: { readonly key: string };
  readonly summary: string;
  readonly labels: readonly string[];
}

/** Searches and makes issues as the REST API documents it. `searchPath`: the cloud and Data Center differ in it. */
function jira(made: Fields[], searchPath: string, losesAnswers: { left: number } = { left: 0 }): (asked: Asked) => Given {
  const basic = `Basic ${Buffer.from('stanch@example.com:token-of-jira').toString('base64')}`;
  return ({ method, path, headers, body }) => {
    if (headers.authorization !== basic) return { status: 401 };
    if (method !== 'POST' || headers['content-type'] !== 'application/json') return { status: 415 };
    if (path === searchPath) {
      const { jql } = JSON.parse(body) as { readonly jql: string };
      const [, project, label = ''] = /^project = "(\w+)" AND labels = "([\w-]+)"$/.exec(jql) ?? [];
      const found = made.filter((each) => each.project.key === project && each.labels.includes(label));
      return { status: 200, body: { issues: found.map((each) => ({ key: `OPS-${made.indexOf(each) + 1}` })) } };
    }
    if (path !== '/rest/api/2/issue') return { status: 404 };
    const { fields } = JSON.parse(body) as { readonly fields: Fields };
    if (fields.project.key !== 'OPS') return { status: 400, body: { errors: { project: 'valid project is required' } } };
    made.push(fields);
    losesAnswers.left -= 1;
    return losesAnswers.left >= 0 ? 'lost' : { status: 201, body: { id: '1', key: `OPS-${made.length}` } };
  };
}

for (const searchPath of ['/rest/api/2/search/jql', '/rest/api/2/search'])
  test(`a ticket is made once with ${searchPath}, also when the answer is lost`, async () => {
    const made: Fields[] = [];
    const peer = await openPeer(jira(made, searchPath, { left: 1 }));
    const target = targetAt(peer.address);
    expect(await target.deliver(ticket, unstopped)).toMatchObject({ state: 'failed' });
    expect(await target.deliver(ticket, unstopped)).toEqual({ state: 'known', link: `${peer.address}/browse/OPS-1` });
    expect(await target.deliver({ ...ticket, key: 'another' }, unstopped)).toEqual({
      state: 'delivered',
      link: `${peer.address}/browse/OPS-2`,
    });
    expect(made).toHaveLength(2);
    expect(made[0]).toMatchObject({
      summary: ticket.title,
      issuetype: { name: 'Task' },
      description: expect.stringContaining('Two of three'),
    });
  });

test('rejected credentials and an unknown project are refused, with what to do or what Jira says', async () => {
  const closed = await openPeer(() => ({ status: 401 }));
  expect(await targetAt(closed.address).deliver(ticket, unstopped)).toMatchObject({
    state: 'refused',
    because: expect.stringContaining('make a new one'),
  });
  const peer = await openPeer(jira([], '/rest/api/2/search/jql'));
  const outcome = await targetAt(peer.address, 'NONE').deliver(ticket, unstopped);
  expect(outcome).toMatchObject({ state: 'refused', because: expect.stringContaining('valid project is required') });
});

test('nobody is called, and nothing is linked or loaded, by a word of a log', async () => {
  const made: (Fields & { readonly description?: string })[] = [];
  const peer = await openPeer(jira(made, '/rest/api/2/search'));
  await targetAt(peer.address).deliver({ ...ticket, text: 'cart\\_1 \\[~ada\\] [see|http://x] !http://x/1.png! {html}' }, unstopped);

  expect(made[0]?.description).toContain('cart_1 \\[~ada\\] \\[see\\|http://x\\] \\!http://x/1.png\\! \\{html\\}');
});
