import type { PhaseName } from '../../src/domain/investigation.ts';
import { phaseTitles } from '../../src/writing/spoken.ts';
import type { FlowChart } from './draw-flow-chart.ts';

/** What happens in each phase, and where the way forks. */
const phases: { readonly [Phase in PhaseName]: { readonly says: string; readonly exits: readonly string[] } } = {
  verify: {
    says: 'Ask the measurement and the cluster again.',
    exits: ['passed by itself, stale or flapping: say so, write it up', 'nothing fails and the page is not real: healthy'],
  },
  scope: { says: 'Compare failing with healthy replicas on every axis.', exits: ['nobody could be seen: cannot tell, and what would'] },
  'what-changed': { says: 'Order, scope and mechanism must fit, or it is acquitted.', exits: [] },
  mitigate: { says: 'The axis decides, not the cause. Store the undo first.', exits: ['a precondition fails or is unknown: blocked'] },
  confirm: {
    says: 'Replicas, error rate and alert together, until they hold.',
    exits: ['worse, or no better in time: undo, take the next plan'],
  },
  diagnose: {
    says: 'Every rule of the catalogue; causes before symptoms.',
    exits: ['the evidence does not decide: cannot tell, and what would'],
  },
  repair: { says: 'Put nothing back before every proof holds.', exits: ['a proof is missing: the gate stays shut, a reminder is left'] },
  'write-up': { says: 'Timeline, evidence, loose ends, ticket.', exits: [] },
};

/** Of the axes, those that lead to something that a human can do at once. The mitigations are ids of src/mitigations. */
const branches: readonly { readonly when: string; readonly mitigations: readonly string[] }[] = [
  { when: 'a revision, half rolled out', mitigations: ['pause-rollout', 'roll-back-workload'] },
  { when: 'a revision, rolled out', mitigations: ['roll-back-workload'] },
  { when: 'a node', mitigations: ['cordon-node'] },
  { when: 'a zone', mitigations: ['shift-zone'] },
  { when: 'one replica among equals', mitigations: ['isolate-pod'] },
  { when: 'nothing: all are short of room', mitigations: ['scale-out', 'raise-autoscaler-maximum', 'raise-memory-limit'] },
  { when: 'nothing: all are stuck alike', mitigations: ['restart-rollout'] },
  { when: 'something was left half done', mitigations: ['resume-rollout', 'uncordon-node'] },
];

export const triageChart: FlowChart = {
  title: 'How Stanch works an incident',
  steps: (Object.keys(phases) as PhaseName[]).map((phase, index) => ({
    title: `${index + 1} · ${phaseTitles[phase]}`,
    ...phases[phase],
    fork: phase === 'mitigate' ? branches.map(({ when, mitigations }) => ({ when, leadsTo: mitigations.join(', ') })) : [],
    forkTitle: 'What separates the failing from the healthy?',
  })),
};

export const mitigationsInChart: readonly string[] = branches.flatMap((branch) => branch.mitigations);
