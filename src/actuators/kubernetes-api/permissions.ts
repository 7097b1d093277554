import type { Permission } from '../../ports/evidence-source.ts';

/** What carrying out plans takes. Each right can be left out: the plans that need it are then refused by the server's dry run. */
export const actingPermissions: readonly Permission[] = [
  {
    resource: 'namespaces',
    verbs: ['get'],
    why: 'the uid of kube-system, which tells the cluster of an incident from another of its name',
  },
  { resource: 'nodes', verbs: ['get', 'patch'], why: 'cordon and uncordon' },
  { resource: 'pods', verbs: ['get', 'patch', 'delete'], why: 'take a pod out of its Service; delete it where a policy allows that' },
  { resource: 'pods/eviction', verbs: ['create'], why: 'let failing replicas start elsewhere, as disruption budgets allow' },
  ...['apps/deployments', 'apps/statefulsets', 'apps/daemonsets'].map((resource) => ({
    resource,
    verbs: ['get', 'patch'],
    why: 'roll back, pause, resume, restart, scale, raise a memory limit',
  })),
  ...['apps/replicasets', 'apps/controllerrevisions'].map((resource) => ({
    resource,
    verbs: ['list'],
    why: 'the revision to roll back to',
  })),
  { resource: 'autoscaling/horizontalpodautoscalers', verbs: ['get', 'patch'], why: 'raise an autoscaler’s maximum' },
];
