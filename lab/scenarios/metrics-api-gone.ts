import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'observability';
const name = 'v1beta1.custom.metrics.k8s.io';

interface Registration {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastTransitionTime: string }[];
  };
}

export const scenario = inOwnNamespace({
  name: 'metrics-api-gone',
  story: 'The adapter behind the custom metrics API was uninstalled, and its registration was left behind.',
  namespace,
  objects: [
    workload('dashboards'),
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name },
      spec: {
        group: 'custom.metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { namespace, name: 'metrics-adapter' },
      },
    },
  ],
  symptom: () =>
    waitForObject<Registration>({
      what: 'the API to be unavailable for more than a minute',
      of: ['apiservice', name],
      withinSeconds: 150,
      holds: ({ status }) =>
        (status?.conditions ?? []).some(
          (condition) =>
            condition.type === 'Available' &&
            condition.status === 'False' &&
            Date.parse(condition.lastTransitionTime) < Date.now() - 65_000,
        ),
    }),
  expectation: { outcome: 'explained', failureMode: 'aggregated-api-down', subject: { kind: 'APIService', name } },
});
