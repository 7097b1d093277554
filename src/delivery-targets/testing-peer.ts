import { onTestFinished } from 'vitest';
import type { Delivery } from '../domain/delivery.ts';
import { type Asked, type Given, type Peer, startPeer } from './testing-peer-server.ts';

/** A real server over loopback that stands for the other side. It ends with the test. */
export async function openPeer(answer: (asked: Asked) => Given): Promise<Peer> {
  const peer = await startPeer(answer);
  onTestFinished(peer.close);
  return peer;
}

/** Of a delivery that nobody stops. */
export const unstopped = new AbortController().signal;

const example = {
  incident: 'night-1',
  title: 'Incident: payments answer 5xx',
  text: '## What is so\n\n**Two of three** replicas fail <now>.',
  link: 'https://stanch.example.com/incidents/night-1',
};
export const ticket: Delivery = { ...example, key: 'night-1/ticket/1', kind: 'ticket' };
export const reminder: Delivery = { ...example, key: 'night-1/reminder/0', kind: 'reminder', due: 0 };
export const notes = { ...example, key: 'night-1/notes/PT4KHLK', kind: 'notes' as const, pagerDutyIncident: 'PT4KHLK' } satisfies Delivery;
