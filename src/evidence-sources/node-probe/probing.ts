import type { Clock } from '../../ports/clock.ts';
import type { PodAccess } from '../../ports/pod-access.ts';
import type { NodeShell } from './node-shell.ts';

/** What a flag or a policy allows. What is absent is not allowed, and the answer says what it would have told. */
export interface ProbeAccess {
  readonly nodes: NodeShell | undefined;
  /** Programs in pods that are there already. */
  readonly pods: Pick<PodAccess, 'run'> | undefined;
}

/** What every look needs. */
export interface Probing {
  readonly access: ProbeAccess;
  readonly clock: Clock;
  /** Called once for each program that was started, with what it sent. */
  readonly count: (bytes: number) => void;
}
