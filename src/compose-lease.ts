import { hostname, userInfo } from 'node:os';
import { noSuchIncident } from './compose-incidents.ts';
import { wallClock } from './compose-sources.ts';
import { Lease, renewMilliseconds } from './engine/act/lease.ts';
import type { IncidentStore } from './ports/incident-store.ts';
import type { ActRequest } from './surfaces/command-line/acting-composition.ts';
import type { Failure } from './surfaces/command-line/looking.ts';

/** One process works an incident at a time. */
export async function whileLeased<Result>(
  id: string,
  { store, request }: { readonly store: IncidentStore; readonly request: Pick<ActRequest, 'kind'> },
  work: (lease: Lease) => Promise<Result>,
): Promise<Result | Failure> {
  const { processMark } = await import('./stores/sqlite/process-mark.ts');
  const holder = { name: `${whoami()}, process ${process.pid}`, process: processMark() };
  const lease = await Lease.take({ id, holder, store, clock: wallClock });
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

/** Names who did it, for the record. */
export function whoami(): string {
  return `${process.env['SUDO_USER'] ?? userInfo().username}@${hostname()}`;
}
