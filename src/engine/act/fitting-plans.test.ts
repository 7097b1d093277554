import { expect, test } from 'vitest';
import type { ClusterChange } from '../../domain/cluster-change.ts';
import { exampleChoice, exampleIncident, examplePlan } from '../../domain/example-incident.ts';
import type { Attempt } from '../../domain/incident.ts';
import type { IncidentHappening } from '../../domain/incident-event.ts';
import type { MitigationPlan } from '../../domain/mitigation.ts';
import { passesTheGate } from './fitting-plans.ts';

/** Cordoned node-3 and evicted a pod. */
function carriedOut(plan: MitigationPlan, ...more: readonly IncidentHappening[]): readonly Attempt[] {
  const done = plan.changes.flatMap((_, index): readonly IncidentHappening[] => [
    { kind: 'change-begun', attempt: 1, index, direction: 'do' },
    { kind: 'change-ended', attempt: 1, index, direction: 'do', result: { state: 'done', detail: '' } },
  ]);
  return exampleIncident(exampleChoice(1, plan), ...done, ...more).attempts;
}

const uncordon = (node: string): MitigationPlan =>
  examplePlan({ id: 'uncordon-node', changes: [{ kind: 'uncordon', node } satisfies ClusterChange], undoWhen: undefined });

test.each([
  ['opens the node that the incident keeps closed', uncordon('node-3'), carriedOut(examplePlan()), true],
  ['opens another node', uncordon('node-2'), carriedOut(examplePlan()), false],
  ['opens what is put back already', uncordon('node-3'), carriedOut(examplePlan(), { kind: 'undo-asked', attempt: 1, because: '' }), false],
  ['opens what nobody has closed yet', uncordon('node-3'), exampleIncident(exampleChoice(1, examplePlan())).attempts, false],
  ['does something else to the node', examplePlan(), carriedOut(examplePlan()), false],
])('a plan that %s passes the gate by: %#', (_what, plan, attempts, expected) => {
  expect(passesTheGate(plan, attempts)).toBe(expected);
});
