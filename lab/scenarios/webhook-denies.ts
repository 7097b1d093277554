import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import { errandImage, inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { servingCertificate } from '../framework/serving-certificate.ts';
import { waitForEvent } from '../framework/shop.ts';

const namespace = 'compliance';
const configuration = 'signed-images-only';

export const scenario = inOwnNamespace({
  name: 'webhook-denies',
  story: 'A policy tool lets only signed images in, and the image of the new workload is not signed.',
  namespace,
  objects: [
    service('policy', { ports: [{ name: 'https', port: 443, targetPort: 8443 }] }),
    workload('policy', {
      container: {
        image: errandImage,
        args: ['guard', 'the image has no signature of this company'],
        volumeMounts: [{ name: 'certificates', mountPath: '/certificates' }],
      },
      pod: { volumes: [{ name: 'certificates', secret: { secretName: 'policy' } }] },
    }),
  ],
  breakThen: async () => {
    const { secret, authority } = await servingCertificate({ service: 'policy', namespace });
    await applyObjects([secret]);
    await kubectl('rollout', 'status', 'deployment/policy', `--namespace=${namespace}`, '--timeout=180s');
    const webhook = {
      name: 'signatures.policy.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      clientConfig: { caBundle: authority, service: { namespace, name: 'policy', path: '/' } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      objectSelector: { matchLabels: { app: 'screening' } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    };
    await applyObjects([
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: configuration },
        webhooks: [webhook],
      },
      { ...workload('screening'), metadata: { namespace, name: 'screening' } },
    ]);
  },
  symptom: () => waitForEvent({ namespace, reason: 'FailedCreate', message: /denied the request/ }),
  healFirst: async () => {
    await kubectl('delete', 'validatingwebhookconfiguration', configuration, '--ignore-not-found');
  },
  expectation: { outcome: 'explained', failureMode: 'admission-webhook-refuses', subject: { kind: 'Deployment', name: 'screening' } },
});
