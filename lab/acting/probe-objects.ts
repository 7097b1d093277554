import { imageRegistry } from '../layout.ts';

/** Everything of the round trips lives here, apart from the shop, and is removed with it. */
export const probeNamespace = 'acting-probe';

const places = {
  apps: `/apis/apps/v1/namespaces/${probeNamespace}`,
  core: `/api/v1/namespaces/${probeNamespace}`,
  scaling: `/apis/autoscaling/v2/namespaces/${probeNamespace}`,
  policy: `/apis/policy/v1/namespaces/${probeNamespace}`,
} as const;

export const paths = {
  namespace: `/api/v1/namespaces/${probeNamespace}`,
  deployment: `${places.apps}/deployments/web`,
  replicaSets: `${places.apps}/replicasets`,
  statefulSet: `${places.apps}/statefulsets/data`,
  daemonSet: `${places.apps}/daemonsets/agent`,
  controllerRevisions: `${places.apps}/controllerrevisions`,
  autoscaler: `${places.scaling}/horizontalpodautoscalers/web`,
  budget: `${places.policy}/poddisruptionbudgets/web`,
  pod: `${places.core}/pods/studied`,
  pods: `${places.core}/pods`,
} as const;

const image = `${imageRegistry}/shop/checkout:1.18.2`;

/** Small, and annotated on one side only: a restart has to add the map of annotations in one workload and a key in the other. */
function template(app: string, annotations?: { readonly [key: string]: string }): object {
  const resources = { requests: { cpu: '5m', memory: '16Mi' }, limits: { memory: '64Mi' } };
  return {
    metadata: { labels: { app }, ...(annotations === undefined ? {} : { annotations }) },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image, env: [{ name: 'RELEASE', value: '1' }], resources }] },
  };
}

function named(name: string): object {
  return { metadata: { name, namespace: probeNamespace } };
}

export const probeObjects: readonly { readonly collection: string; readonly object: object }[] = [
  {
    collection: `${places.apps}/deployments`,
    object: { ...named('web'), spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template('web') } },
  },
  {
    collection: `${places.apps}/statefulsets`,
    object: {
      ...named('data'),
      // One expression, so that the history is found by it as well.
      spec: {
        replicas: 0,
        serviceName: 'data',
        selector: { matchLabels: { app: 'data' }, matchExpressions: [{ key: 'app', operator: 'Exists' }] },
        template: template('data', { team: 'lab' }),
      },
    },
  },
  {
    collection: `${places.apps}/daemonsets`,
    // On no node: its template matters here, not its pods.
    object: {
      ...named('agent'),
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: nowhere(template('agent')),
      },
    },
  },
  {
    collection: `${places.scaling}/horizontalpodautoscalers`,
    object: {
      ...named('web'),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 4,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
      },
    },
  },
  {
    collection: `${places.policy}/poddisruptionbudgets`,
    object: { ...named('web'), spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } } },
  },
  {
    collection: places.core + '/pods',
    object: { metadata: { name: 'studied', namespace: probeNamespace, labels: { app: 'studied' } }, spec: specOf(template('studied')) },
  },
];

function specOf(of: object): object {
  return (of as { readonly spec: object }).spec;
}

function nowhere(of: object): object {
  return { ...of, spec: { ...specOf(of), nodeSelector: { 'acting-probe': 'nowhere' } } };
}
