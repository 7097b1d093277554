import { blamedBehind } from '../../domain/blamed-backend.ts';
import { citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { subject } from '../../domain/subject.ts';

/** While its pods are replaced an aggregated API may be away for a moment. */
const graceMilliseconds = millisecondsPerMinute;

export const aggregatedApiDown = defineFailureMode({
  id: 'aggregated-api-down',
  title: 'An API that another server provides is not available',
  role: 'cause',
  explanation: {
    whatItIs:
      'The API server forwards one group of the API (such as metrics.k8s.io) to a Service in the cluster, and that does not answer.',
    howItLooks:
      'The APIService is Available=False; `kubectl top` or the autoscaler fail; namespaces can hang while terminating because discovery fails.',
    whyItHappens:
      'The pods behind it are down, its Service selects nothing, its certificate is not accepted, or the API server cannot reach the pod network.',
    whatStopsTheBleeding: 'Bring the pods behind it back.',
    whatFixesIt: "Repair what the condition's message names; delete the APIService where its server was removed for good.",
    howToPreventIt: 'Run two replicas of what the cluster depends on, and alert on APIServices that are not available.',
  },
  sources: ['https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/'],
  needs: ['apiservices'],
  helpedBy: ['service-backends', 'replicas', 'horizontalpodautoscalers'],
  explains: ['autoscaler-without-metrics', 'namespace-stuck-terminating'],
  mitigations: [],
  recognise: (facts) =>
    facts.apiservices.all.flatMap((api): readonly Finding[] => {
      const available = api.status.conditions.find((condition) => condition.type === 'Available');
      const service = api.spec.service;
      // An APIService without a Service is served by the API server itself.
      if (available?.status !== 'False' || service === undefined) return [];
      if (available.lastTransitionTime !== undefined && facts.now - available.lastTransitionTime < graceMilliseconds) return [];
      const behind = facts['service-backends']?.ofService(service.namespace, service.name);
      const own = subject('APIService', undefined, api.metadata.name);
      const scalers = (api.spec.group ?? '').endsWith('metrics.k8s.io') ? (facts.horizontalpodautoscalers?.all ?? []) : [];
      return [
        {
          subject: own,
          weight: 'conclusive',
          because: [
            claim(
              `${api.metadata.name} is not available: ${(available.message ?? available.reason ?? '').slice(0, 250)}`,
              citeObject(api, `Available False (${available.reason ?? '?'})`, available.lastTransitionTime),
            ),
          ],
          ...(available.lastTransitionTime === undefined ? {} : { since: available.lastTransitionTime }),
          affects: [
            own,
            ...scalers.flatMap((scaler) => [
              subject('HorizontalPodAutoscaler', scaler.metadata.namespace, scaler.metadata.name),
              subject(scaler.spec.scaleTargetRef.kind ?? 'Deployment', scaler.metadata.namespace, scaler.spec.scaleTargetRef.name ?? ''),
            ]),
          ],
          blames:
            service.name === undefined
              ? []
              : [subject('Service', service.namespace, service.name), ...blamedBehind(behind, facts.replicas)],
        },
      ];
    }),
  recognises: [
    {
      story: 'The metrics server has no endpoints.',
      given: {
        apiservices: [
          metricsApi({
            type: 'Available',
            status: 'False',
            reason: 'MissingEndpoints',
            message: 'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
            lastTransitionTime: minutesAgo(8),
          }),
        ],
      },
      finds: [{ kind: 'APIService', name: 'v1beta1.metrics.k8s.io' }],
    },
  ],
  isNotFooledBy: [
    { story: 'It is available.', given: { apiservices: [metricsApi({ type: 'Available', status: 'True', reason: 'Passed' })] } },
    {
      story: 'It has just gone away for a moment.',
      given: {
        apiservices: [
          metricsApi({ type: 'Available', status: 'False', reason: 'FailedDiscoveryCheck', lastTransitionTime: minutesAgo(0.2) }),
        ],
      },
    },
  ],
});

function metricsApi(condition: object): { readonly [field: string]: unknown } {
  return {
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: { group: 'metrics.k8s.io', version: 'v1beta1', service: { name: 'metrics-server', namespace: 'kube-system' } },
    status: { conditions: [condition] },
  };
}
