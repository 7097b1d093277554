import { expect, test } from 'vitest';
import type { Delivery } from '../../domain/delivery.ts';
import { Secret } from '../../domain/secret.ts';
import { notes, openPeer, ticket, unstopped } from '../testing-peer.ts';
import type { Asked, Given } from '../testing-peer-server.ts';
import { pagerDutyTarget } from './pagerduty-target.ts';

const onOtherPaths: readonly Delivery[] = ['../users', '..'].map((pagerDutyIncident) => ({ ...notes, pagerDutyIncident }));

function targetAt(address: string) {
  const token = new Secret('token-of-pagerduty');
  return pagerDutyTarget({ kind: 'pagerduty', name: 'pager', takes: ['notes'], address, token, from: 'oncall@example.com' });
}

/** Lists and writes the notes of one incident as the REST API documents it. */
function incident(written: string[], losesAnswers: { left: number } = { left: 0 }): (asked: Asked) => Given {
  return ({ method, path, headers, body }) => {
    if (headers.authorization !== 'Token token=token-of-pagerduty') return { status: 401 };
    if (path !== '/incidents/PT4KHLK/notes') return { status: 404, body: { error: { message: 'Not Found', code: 2100 } } };
    if (headers.accept !== 'application/vnd.pagerduty+json;version=2') return { status: 400 };
    if (method === 'GET') return { status: 200, body: { notes: written.map((content, id) => ({ id: String(id), content })) } };
    if (headers['from'] !== 'oncall@example.com') return { status: 400, body: { error: { message: 'Requester User Not Found' } } };
    const { note } = JSON.parse(body) as { readonly note: { readonly content: string } };
    written.push(note.content);
    losesAnswers.left -= 1;
    return losesAnswers.left >= 0 ? 'lost' : { status: 201, body: { note: { id: 'P1', content: note.content } } };
  };
}

test('a note is written once on the incident, also when the answer is lost', async () => {
  const written = ['somebody looks at it'];
  const peer = await openPeer(incident(written, { left: 1 }));
  const target = targetAt(peer.address);
  expect(target.isPager).toBe(true);
  expect(await target.deliver(notes, unstopped)).toMatchObject({ state: 'failed' });
  expect(await target.deliver(notes, unstopped)).toEqual({ state: 'known' });
  expect(written).toEqual(['somebody looks at it', expect.stringMatching(/^Incident: payments[^]*Two of three[^]*incidents\/night-1/)]);
  expect(await target.deliver({ ...notes, key: 'another' }, unstopped)).toEqual({ state: 'delivered' });
  expect(written).toHaveLength(3);
});

test('where no incident of PagerDuty is, or something that could be another path, nothing is asked', async () => {
  const peer = await openPeer(() => ({ status: 200 }));
  for (const each of [ticket, ...onOtherPaths])
    expect(await targetAt(peer.address).deliver(each, unstopped)).toMatchObject({ state: 'refused' });
  expect(peer.asked).toEqual([]);
});

test('rejected credentials, an unknown incident and an unknown sender are refused with words', async () => {
  const peer = await openPeer(incident([]));
  const wrong = pagerDutyTarget({
    kind: 'pagerduty',
    name: 'pager',
    takes: [],
    address: peer.address,
    from: 'nobody@example.com',
    token: new Secret('token-of-pagerduty'),
  });
  expect(await wrong.deliver(notes, unstopped)).toMatchObject({ state: 'refused', because: expect.stringContaining('User Not Found') });
  const unknown = await targetAt(peer.address).deliver({ ...notes, pagerDutyIncident: 'PNONE' }, unstopped);
  expect(unknown).toMatchObject({ state: 'refused', because: expect.stringContaining('no incident PNONE') });
});
