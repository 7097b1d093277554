import { expect, test } from 'vitest';
import { composeDeliveryTargets } from './delivery-targets.ts';
import { Secret } from '../domain/secret.ts';
import { openPeer, ticket, unstopped } from '../delivery-targets/testing-peer.ts';

test('each delivery of the settings is a target by its name, and only the pager takes what PagerDuty paged alone', () => {
  const secret = new Secret('a secret');
  const to = {
    from: 'stanch@example.com',
    to: ['oncall@example.com'],
    host: 'mail',
    port: 587,
    encryption: 'tls',
    login: undefined,
  } as const;
  const targets = composeDeliveryTargets([
    { kind: 'slack', name: 'chat', takes: ['status'], address: secret },
    { kind: 'github', name: 'tickets', takes: ['ticket'], address: 'https://github', repository: 'a/b', token: secret, labels: [] },
    {
      kind: 'jira',
      name: 'planning',
      takes: ['ticket'],
      address: 'https://jira',
      project: 'OPS',
      issueType: 'Task',
      user: 'u',
      token: secret,
    },
    { kind: 'pagerduty', name: 'pager', takes: ['notes'], address: 'https://pagerduty', token: secret, from: 'oncall@example.com' },
    { kind: 'mail', name: 'mail', takes: ['reminder'], ...to },
  ]);
  expect(targets.map(({ name, takes, isPager }) => [name, ...takes, isPager === true])).toEqual([
    ['chat', 'status', false],
    ['tickets', 'ticket', false],
    ['planning', 'ticket', false],
    ['pager', 'notes', true],
    ['mail', 'reminder', false],
  ]);
});

test('what is delivered goes to the address of the settings', async () => {
  const peer = await openPeer(() => ({ status: 202 }));
  const [target] = composeDeliveryTargets([
    { kind: 'webhook', name: 'any', takes: ['ticket'], address: new Secret(`${peer.address}/here`), signWith: undefined },
  ]);
  expect(await target?.deliver(ticket, unstopped)).toEqual({ state: 'delivered' });
  expect(peer.asked.map(({ path }) => path)).toEqual(['/here']);
});
