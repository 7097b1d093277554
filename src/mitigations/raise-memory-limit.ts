import { citeObject, claim } from '../domain/citation.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { parseQuantity, spokenBytes } from '../domain/quantity.ts';

/** Doubling is the usual first step: what was killed at its limit gives no measure of what it needs. */
const growth = 2;

/** A container is killed at its own memory limit. */
export const raiseMemoryLimit = defineMitigation({
  id: 'raise-memory-limit',
  title: 'Raise the container’s memory limit',
  explanation:
    'Patches the limit in the workload’s template, which rolls its pods. Where a repository owns the workload, the same change belongs there.',
  reversibility: 'undoable',
  needs: ['replicas'],
  helpedBy: ['deployments', 'statefulsets', 'daemonsets'],
  plan(situation, facts) {
    return situation.hypotheses
      .filter((each) => each.isRoot && each.failureMode === 'container-exceeds-memory-limit')
      .flatMap(({ subject: workload, finding }) => {
        const owner = [facts.deployments, facts.statefulsets, facts.daemonsets]
          .map((kind) => kind?.named(workload.namespace, workload.name))
          .find((each) => each?.kind === workload.kind);
        const killed = facts.replicas
          .ofWorkload(workload)
          .flatMap((replica) => replica.pod.status.containerStatuses)
          .find((status) => status.lastState.terminated?.reason === 'OOMKilled' || status.state.terminated?.reason === 'OOMKilled');
        const container = owner?.spec.template.spec.containers.find((each) => each.name === killed?.name);
        const from = container?.resources.limits['memory'];
        const bytes = parseQuantity(from);
        if (owner === undefined || container === undefined || from === undefined || bytes === undefined) return [];
        const to = spokenBytes(bytes * growth);
        return [
          {
            id: 'raise-memory-limit',
            subject: workload,
            why: claim(finding.because[0].says, ...finding.because[0].citing),
            preconditions: [
              {
                claim: `the limit is still ${from}`,
                holds: 'yes',
                because: [
                  claim(`The template says ${from}.`, citeObject(owner, `containers[${container.name}].resources.limits.memory: ${from}`)),
                ],
              },
            ],
            saveFirst: [],
            changes: [{ kind: 'set-memory-limit', workload, container: container.name, from, to }],
            undo: [{ kind: 'set-memory-limit', workload, container: container.name, from: to, to: from }],
            expectation: 'The container stops being killed; watch its use against the new limit.',
            undoWhen: undefined,
          },
        ];
      });
  },
});
