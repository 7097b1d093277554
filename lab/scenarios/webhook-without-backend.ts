import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForEvent } from '../framework/shop.ts';

const namespace = 'deliveries';

export const scenario = inOwnNamespace({
  name: 'webhook-without-backend',
  story: 'An admission tool was removed and its webhook was left behind: nobody answers it, and no pod of the namespace can be made.',
  namespace,
  objects: [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'image-policy' },
      webhooks: [
        {
          name: 'images.policy.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { service: { namespace, name: 'image-policy', path: '/' } },
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    },
    workload('courier', { spec: { replicas: 2 } }),
  ],
  symptom: () => waitForEvent({ namespace, reason: 'FailedCreate', message: /failed calling webhook/ }),
  expectation: {
    outcome: 'explained',
    failureMode: 'webhook-without-backend',
    subject: { kind: 'ValidatingWebhookConfiguration', name: 'image-policy' },
  },
});
