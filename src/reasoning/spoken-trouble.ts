import type { Replica } from '../domain/replica.ts';
import { counted } from './think-aloud/thought.ts';

/** What is wrong with a replica, as "CrashLoopBackOff, exit 1, 3 restarts". Undefined: nothing that is known. */
export function spokenTrouble(replica: Replica): string | undefined {
  const [trouble] = replica.troubles;
  if (trouble === undefined) return undefined;
  const status = replica.pod.status.containerStatuses.find((each) => each.name === trouble.container);
  const exit = trouble.exitCode === undefined ? '' : `, exit ${trouble.exitCode}`;
  const restarts = status?.restartCount === undefined || status.restartCount === 0 ? '' : `, ${counted(status.restartCount, 'restart')}`;
  return `${trouble.reason}${exit}${restarts}`;
}
