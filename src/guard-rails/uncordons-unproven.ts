import { nightOfTheNode, nightOfTheRevision } from '../domain/example-nights.ts';
import type { GuardRail } from '../domain/guard-rail.ts';

/** Ready is the kubelet's word about itself; it says nothing about the node's service rules or its network. */
export const uncordonsUnproven: GuardRail = {
  id: 'uncordons-unproven',
  title: 'Uncordons an unproven node',
  explanation: {
    juniorWould: 'Uncordon the node because it shows Ready.',
    seniorDoes: 'Counts the service rules, and reaches the service from a pod on that node first.',
    why: 'The kubelet’s heartbeat takes another path than the pods’ traffic, so a node can be Ready and useless.',
  },
  judges: ['uncordon'],
  check({ deed: change }, { blastRadius }) {
    const { leading } = blastRadius;
    if (change.kind !== 'uncordon' || leading?.axis !== 'node' || leading.value !== change.node) return undefined;
    return `${change.node} is what separates failing from healthy, and nothing yet proves it whole. Ready is no proof: compare its service rules with the cluster’s Services, and reach the service from a pod on it.`;
  },
  warns: [
    {
      story: 'The node on which all failing replicas sit is uncordoned.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'uncordon', node: 'node-3' }, isEvidenceSaved: true },
    },
  ],
  staysQuiet: [
    {
      story: 'Another node is uncordoned.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'uncordon', node: 'node-1' }, isEvidenceSaved: true },
    },
    {
      story: 'The revision separates, not the node.',
      given: nightOfTheRevision,
      intended: { deed: { kind: 'uncordon', node: 'node-3' }, isEvidenceSaved: true },
    },
  ],
};
