import type { Attempt } from '../../domain/incident.ts';
import { assess } from '../../reasoning/assess.ts';
import { connectionsToProve, gateKinds, nodesToProve } from '../../reasoning/connections-to-prove.ts';
import { nodesOf, proveUndo } from '../../reasoning/prove-undo.ts';
import { gather } from '../gather-evidence.ts';
import { requestFor } from '../rounds.ts';
import { type Acting, happened, type StepOutcome } from './acting.ts';
import { assessNow } from './watch.ts';

/** Node commands and connections on two nodes take seconds; one that hangs must not hold the gate shut for long. */
const lookMilliseconds = 60_000;

/** Whether what the attempt changed may be put back: looked at anew, each time. */
export async function checkGate(acting: Acting, { number, plan, destinations }: Attempt, signal: AbortSignal): Promise<StepOutcome> {
  const { question, sources } = acting.investigation;
  const lists = await assessNow(acting, undefined, signal, gateKinds);
  const { takenAt, cluster, readings } = lists.snapshot;
  const nodes = nodesOf(plan);
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(lookMilliseconds)]);
  const why = 'is it whole again';
  const looked =
    nodes.length === 0
      ? {}
      : await gather(
          sources,
          [
            { ...requestFor('node-commands', why, takenAt), nodes: nodesToProve(nodes, lists) },
            { ...requestFor('connectivity-probes', why, takenAt), probes: connectionsToProve(nodes, destinations, lists) },
          ],
          bounded,
          () => undefined,
        );
  // The next check may be minutes away, and debug pods do not live that long.
  await acting.tidy();
  const assessment = assess(question, { takenAt, cluster, readings: { ...readings, ...looked } });
  // A gate that was cut short while looking has shown nothing.
  if (signal.aborted) return happened();
  return happened({ kind: 'gate-checked', attempt: number, proofs: proveUndo(plan, assessment, { destinations, since: takenAt }) });
}
