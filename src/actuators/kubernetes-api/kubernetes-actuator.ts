import { changedSubject } from '../../domain/cluster-change.ts';
import { hasEnded } from '../../domain/exact-write.ts';
import { Permit } from '../../domain/permit.ts';
import { type PreparedChange, standingOf } from '../../domain/prepared-change.ts';
import { spokenSubject } from '../../domain/subject.ts';
import type { Actuator, ChangeOutcome, ChangeStanding } from '../../ports/actuator.ts';
import type { ClusterRequests } from '../../ports/cluster-requests.ts';
import { endPod } from './end-pod.ts';
import { prepare } from './prepare.ts';
import { type ReadObject, readObject } from './read-object.ts';
import { whyAnother, writeFields } from './write-fields.ts';

/** Changes a live cluster through its API server, as the identity that the requests are made with. */
export function kubernetesActuator(requests: ClusterRequests): Actuator {
  return {
    name: 'kubernetes-api',
    prepare: (change, at, signal) => prepare({ requests, change, at }, signal),
    rehearse: (prepared, signal) => carryOut({ requests, prepared, isRehearsal: true }, signal),
    apply: (permit, prepared, signal) =>
      Permit.covers(permit, prepared)
        ? carryOut({ requests, prepared, isRehearsal: false }, signal)
        : Promise.resolve({ state: 'refused', detail: `${spoken(prepared)}: the approved plan does not contain this change.` }),
    look: async (prepared, signal) => standing(prepared, await readObject(requests, prepared.object.path, signal)),
    close: () => Promise.resolve(),
  };
}

interface CarryingOut {
  readonly requests: ClusterRequests;
  readonly prepared: PreparedChange;
  readonly isRehearsal: boolean;
}

function carryOut(carrying: CarryingOut, signal: AbortSignal): Promise<ChangeOutcome> {
  const { write } = carrying.prepared;
  return write.kind === 'set-fields' ? writeFields({ ...carrying, write }, signal) : endPod({ ...carrying, way: write.kind }, signal);
}

function standing(prepared: PreparedChange, read: ReadObject): ChangeStanding {
  const { write, object } = prepared;
  if (read.state === 'unreadable') return { state: 'unreadable', detail: read.because };
  if (write.kind !== 'set-fields')
    return hasEnded(read.state === 'read' ? read.object : undefined, object.uid)
      ? { state: 'done', detail: `${spoken(prepared)} is gone, or on its way.` }
      : { state: 'not-done', detail: `${spoken(prepared)} is still there.` };
  const other = read.state === 'gone' ? 'is gone' : whyAnother(prepared, read.object);
  if (other !== undefined || read.state === 'gone') return { state: 'overtaken', detail: `${spoken(prepared)} ${other}.` };
  switch (standingOf(write, read.object)) {
    case 'after':
      return { state: 'done', detail: `${spoken(prepared)} is as it was to become.` };
    case 'before':
      return { state: 'not-done', detail: `${spoken(prepared)} is as it was before.` };
    case 'neither':
      return { state: 'overtaken', detail: `${spoken(prepared)} is neither as before nor as it was to become: somebody else changed it.` };
  }
}

function spoken({ change }: PreparedChange): string {
  return spokenSubject(changedSubject(change));
}
