import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForEvent } from '../framework/shop.ts';

const namespace = 'reports';

export const scenario = inOwnNamespace({
  name: 'limit-range-refuses',
  story: 'A container of this namespace may have 256 MiB; the new report builder asks for 512.',
  namespace,
  objects: [
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'small-containers' },
      spec: { limits: [{ type: 'Container', max: { memory: '256Mi' } }] },
    },
    workload('report-builder', { container: { resources: { requests: { memory: '512Mi' }, limits: { memory: '512Mi' } } } }),
  ],
  symptom: () => waitForEvent({ namespace, reason: 'FailedCreate', message: /maximum memory usage per Container/ }),
  expectation: { outcome: 'explained', failureMode: 'limit-range-refuses', subject: { kind: 'Deployment', name: 'report-builder' } },
});
