import { applyObjects } from '../cluster/kubectl.ts';
import { errandImage, inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { servingCertificate } from '../framework/serving-certificate.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'invoices';

export const scenario = inOwnNamespace({
  name: 'neighbour-certificate-unknown',
  story: 'The signing service got a certificate that it signed itself, and its caller trusts the old authority only.',
  namespace,
  objects: [
    service('signer', { ports: [{ name: 'https', port: 443, targetPort: 8443 }] }),
    workload('signer', {
      container: { image: errandImage, args: ['guard', 'no'], volumeMounts: [{ name: 'certificates', mountPath: '/certificates' }] },
      pod: { volumes: [{ name: 'certificates', secret: { secretName: 'signer' } }] },
    }),
    workload('invoice', { container: { image: errandImage, args: ['call', `https://signer.${namespace}.svc.cluster.local/`] } }),
  ],
  breakThen: async () => {
    await applyObjects([(await servingCertificate({ service: 'signer', namespace })).secret]);
  },
  symptom: () => waitForPodReason({ namespace, label: 'app=invoice', reasons: ['CrashLoopBackOff'], withinSeconds: 240 }),
  expectation: { outcome: 'explained', failureMode: 'dependency-certificate-invalid', subject: { kind: 'Deployment', name: 'signer' } },
});
