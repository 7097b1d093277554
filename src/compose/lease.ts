import { hostname, userInfo } from 'node:os';
import { noSuchIncident } from './incidents.ts';
import { wallClock } from './sources.ts';
import { Lease, leaseMilliseconds, renewMilliseconds } from '../engine/act/lease.ts';
import type { IncidentStore, LeaseHolder } from '../ports/incident-store.ts';
import type { ActRequest } from '../surfaces/command-line/acting-composition.ts';
import type { Failure } from '../surfaces/command-line/looking.ts';

/** One process works an incident at a time. */
export async function whileLeased<Result>(
  id: string,
  { store, request }: { readonly store: IncidentStore; readonly request: Pick<ActRequest, 'kind'> },
  work: (lease: Lease) => Promise<Result>,
): Promise<Result | Failure> {
  const holder = await thisProcess();
  const lease = await Lease.take({ id, holder, store, clock: wallClock, termMilliseconds: leaseMilliseconds });
  if (!(lease instanceof Lease)) {
    if (lease.state === 'failed') return lease;
    if (lease.state === 'missing') return noSuchIncident(id);
    const isAsked = request.kind === 'undo' || request.kind === 'abort';
    return {
      state: 'failed',
      attempted: `working incident ${id}`,
      happened: `${lease.by} works it${isAsked ? ', and was told what you asked for' : ''}`,
      whatToDo: isAsked ? 'Look at it with stanch incidents' : 'Stop that with stanch abort, or wait for it',
    };
  }
  const renewing = setInterval(() => void lease.renew(), renewMilliseconds);
  try {
    return await work(lease);
  } finally {
    clearInterval(renewing);
    await lease.release();
  }
}

/** This process, as others see it. */
export async function thisProcess(): Promise<LeaseHolder> {
  const { processMark } = await import('../stores/sqlite/process-mark.ts');
  return { name: `${whoami()}, process ${process.pid}`, process: processMark() };
}

/** Names who did it, for the record. */
export function whoami(): string {
  return `${process.env['SUDO_USER'] ?? userInfo().username}@${hostname()}`;
}
