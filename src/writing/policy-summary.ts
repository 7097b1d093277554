import type { NamePatterns, Policy, PolicyRule } from '../domain/policy.ts';
import { spokenHours } from '../domain/policy-hours.ts';
import { type Layout, paragraph } from './layout.ts';

/** What a policy comes to, for whoever answers for it. */
export function writePolicySummary({ rules, limits, probing }: Policy, layout: Layout): readonly string[] {
  const part = (title: string, items: readonly string[]): readonly string[] => [
    layout.palette.heading(title),
    ...items.flatMap((text) => paragraph({ text, mark: '  · ' }, layout)),
  ];
  return [
    ...part('Runs without asking', rules.length === 0 ? ['nothing: every plan is shown to a human first'] : rules.map(spokenRule)),
    '',
    ...part('Blocked for everybody', [
      `more than ${limits.mostCordonedNodes} ${limits.mostCordonedNodes === 1 ? 'node' : 'nodes'} cordoned at once`,
      ...(limits.protectedNamespaces.length === 0 ? [] : [`any change in ${limits.protectedNamespaces.join(', ')}`]),
      limits.deletion === 'never' ? 'deleting pods' : 'deleting pods, except where an eviction cannot serve',
    ]),
    '',
    ...part('May be started inside the cluster in order to look', [
      {
        none: 'nothing on nodes',
        ssh: 'fixed read-only commands on nodes, over ssh',
        'debug-pod': 'fixed read-only commands on nodes, in debug pods',
      }[probing.nodeAccess],
      probing.canExec ? 'one fixed script that tries connections, in running containers' : 'nothing in running containers',
    ]),
  ];
}

function spokenRule({ name, mitigations, purposes, namespaces, nodes, clusters, attempts, ...more }: PolicyRule): string {
  const { hours, repairConfidence, isWithoutEvidence } = more;
  return [
    `${name}: ${mitigations === 'any' ? 'any mitigation' : mitigations.join(', ')}, to ${purposes.join(' and ')}`,
    namespaces === 'any' ? 'in any namespace that does not begin with kube-' : `in ${namespaces.join(', ')}`,
    ...spokenNames('on', nodes),
    ...spokenNames('in the cluster', clusters),
    ...(hours === undefined ? [] : [spokenHours(hours)]),
    ...(repairConfidence === undefined ? [] : [`a repair only with a confidence of ${repairConfidence} or more`]),
    ...(isWithoutEvidence === true ? ['also where what fails could not be saved first'] : []),
    `at most ${attempts.most === 1 ? 'once' : `${attempts.most} times`} within ${attempts.withinMinutes} min`,
  ].join('; ');
}

function spokenNames(where: string, names: NamePatterns | 'any'): readonly string[] {
  return names === 'any' ? [] : [`${where} ${names.join(' or ')}`];
}
