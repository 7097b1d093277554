import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import { podsOf } from '../framework/shop.ts';
import { waitFor } from '../run-program.ts';
import { ended, type FaultCase, type Night, repeated, resume, startMitigation, startUndo, incidentIn } from './fault-case.ts';
import { inNight } from './kill-cases.ts';
import { type ClusterState, differenceOf, leftovers, readState } from './object-state.ts';
import { badNode, createIncident, faultsNamespace, picky, replicas, waitForIncident } from './small-incident.ts';
import { readTold } from './stanch-run.ts';

/** A rollout that is stuck on a bad node looks like a bad revision. Rolling it back cannot help. */
export const wrongMitigationCase: FaultCase = {
  name: 'rolled back although the node is at fault: no better, put back by itself, the node is offered next',
  run: (setting) =>
    inNight(setting, async (night) => {
      await confound();
      try {
        return await judge(night, await readState());
      } finally {
        await removeDeployment();
        await createIncident();
      }
    }),
};

async function judge(night: Night, before: ClusterState): Promise<readonly string[]> {
  const { proxy } = night.setting;
  proxy.watch();
  const run = await startMitigation(night, { approve: ['roll-back-workload'] }).ended;
  const { id, attempts } = await readTold(night.database, incidentIn(night));
  const wrong = [...ended('stanch mitigate', run, 2), ...repeated(proxy.writes())];
  const tried = attempts.map(({ plan, judgement, undoAsked }) =>
    [plan.id, judgement?.is ?? 'not judged', undoAsked === undefined ? 'not put back' : 'put back'].join(', '),
  );
  const isNoticed = /^roll-back-workload, (no-better|worse), put back$/.test(tried[0] ?? '');
  if (!isNoticed || tried[1] !== 'cordon-node, not judged, not put back')
    wrong.push(`tried: ${tried.join('; ')}. It ended: ${run.output.trim().slice(-600)}`);
  await waitForIncident();
  wrong.push(...differenceOf(before, await readState()), ...(await leftovers()));
  wrong.push(...ended('stanch mitigate --incident, with the node approved', await resume(night, id), 0));
  // Otherwise what is still to be rolled out would start on the bad node again.
  await waitForReplicas();
  wrong.push(...ended('stanch undo', await startUndo(night, id).ended, 0));
  return [...wrong, ...differenceOf(before, await readState()), ...(await leftovers())];
}

/** The old release runs on the good nodes alone; of the new one, two replicas start on the bad node, and the rollout waits for them. */
async function confound(): Promise<void> {
  await removeDeployment();
  await kubectl('cordon', badNode);
  await applyObjects([picky('1')]);
  await waitForReplicas();
  await kubectl('uncordon', badNode);
  await applyObjects([picky('2')]);
  await waitForIncident();
}

async function waitForReplicas(): Promise<void> {
  await kubectl('rollout', 'status', 'deployment/picky', '--namespace', faultsNamespace, '--timeout=120s');
}

async function removeDeployment(): Promise<void> {
  await kubectl('delete', 'deployment', 'picky', '--namespace', faultsNamespace, '--ignore-not-found', '--timeout=60s');
  await waitFor({
    what: `the end of all ${replicas} replicas`,
    withinSeconds: 60,
    check: async () => {
      const { length } = await podsOf({ namespace: faultsNamespace, label: 'app=picky' });
      return length === 0 || `${length} are still there`;
    },
  });
}
