import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import { errandImage, type Manifest, service, workload } from './own-namespace.ts';
import { servingCertificate } from './serving-certificate.ts';

/** Name of the registration of the API that answers autoscalers about metrics from outside of the cluster. */
const registration = 'v1beta1.external.metrics.k8s.io';

/**
 * Everything that an autoscaler needs which follows a queue: an adapter that always measures the same length, and an
 * autoscaler of the named Deployment with ten messages for each replica. `registerMetrics` tells the API server of the adapter.
 */
export function queueAutoscaler({
  target,
  queueLength,
  minReplicas,
  maxReplicas,
}: {
  readonly target: string;
  readonly queueLength: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}): readonly Manifest[] {
  return [
    service('queue-adapter', { ports: [{ name: 'https', port: 443, targetPort: 8443 }] }),
    workload('queue-adapter', {
      container: {
        image: errandImage,
        args: ['measure', String(queueLength)],
        volumeMounts: [{ name: 'certificates', mountPath: '/certificates' }],
      },
      pod: { volumes: [{ name: 'certificates', secret: { secretName: 'queue-adapter' } }] },
    }),
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: target },
      spec: {
        minReplicas,
        maxReplicas,
        // The usual five minutes keep it from saying that its minimum limits it.
        behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
        metrics: [
          { type: 'External', external: { metric: { name: 'queue-length' }, target: { type: 'AverageValue', averageValue: '10' } } },
        ],
      },
    },
  ];
}

export async function registerMetrics(namespace: string): Promise<void> {
  await applyObjects([(await servingCertificate({ service: 'queue-adapter', namespace })).secret]);
  await kubectl('rollout', 'status', 'deployment/queue-adapter', `--namespace=${namespace}`, '--timeout=180s');
  await applyObjects([
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: registration },
      spec: {
        group: 'external.metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { namespace, name: 'queue-adapter' },
      },
    },
  ]);
}

export async function unregisterMetrics(): Promise<void> {
  await kubectl('delete', 'apiservice', registration, '--ignore-not-found');
}

/** The part of an autoscaler's status that tells what it does. */
export interface Autoscaler {
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly lastTransitionTime: string;
    }[];
  };
}
