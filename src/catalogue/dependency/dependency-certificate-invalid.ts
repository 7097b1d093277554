import { dependencyTroubles } from '../../domain/dependency-trouble.ts';
import { dependencyFinding } from '../../domain/dependency-finding.ts';
import { exampleService } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { shellCommand } from '../../domain/shell-word.ts';

export const dependencyCertificateInvalid = defineFailureMode({
  id: 'dependency-certificate-invalid',
  title: "A dependency's certificate is not accepted",
  role: 'cause',
  explanation: {
    whatItIs: 'The client reaches the dependency but ends the connection, because it does not accept the certificate that is presented.',
    howItLooks:
      'Logs say "certificate has expired", "certificate signed by unknown authority", "certificate is valid for …, not …" or "unable to get local issuer certificate".',
    whyItHappens:
      "The certificate was not renewed, the issuing authority changed without the clients' trust store, the name in the address is not in the certificate, or a clock is wrong.",
    whatStopsTheBleeding: 'Renew the certificate, or go back to the previous one where it is still valid.',
    whatFixesIt:
      'Renew automatically and reload, distribute the authority before using it, and address the dependency by a name in its certificate.',
    howToPreventIt: 'Alert on the time left of every certificate that is served, weeks before it ends.',
  },
  sources: ['https://kubernetes.io/docs/tasks/tls/managing-tls-in-a-cluster/', 'https://www.rfc-editor.org/rfc/rfc5280#section-6'],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['service-backends', 'connectivity-probes', 'nodes', 'judged-alert', 'service-calls'],
  explains: ['liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'startup-probe-too-short', 'init-container-blocked'],
  mitigations: [],
  recognise: (facts) =>
    dependencyTroubles(['certificate-invalid'], facts).map((trouble) =>
      dependencyFinding(
        trouble,
        {
          says: ({ clues }) =>
            /expired|not yet valid/i.test(clues[0].line)
              ? 'presents a certificate that has expired'
              : 'presents a certificate that the client does not accept',
          probeOutcomes: [],
          wouldSettle: ({ peer }) => [
            shellCommand`"openssl s_client -connect ${peer ?? 'HOST:PORT'} -servername <name> </dev/null | openssl x509 -noout -dates -issuer -ext subjectAltName" shows dates, issuer and names.`,
          ],
          subjectIs: 'dependency',
        },
        facts,
      ),
    ),
  recognises: [
    {
      story: 'The certificate of a Service in the cluster has expired.',
      given: {
        pods: [
          examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
          examplePod({ name: 'vault-0', owner: { kind: 'StatefulSet', name: 'vault' } }),
        ],
        services: [exampleService({ name: 'vault', ports: [{ port: 8200 }] })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'Get "https://vault.shop.svc:8200/v1/secret": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-03-01T09:59:00Z is after 2026-03-01T00:00:00Z',
          },
        ],
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'vault' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A healthy server notes that some scanner spoke no TLS.',
      given: {
        pods: [examplePod({ name: 'pay-1-a' })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            text: 'http: TLS handshake error from 203.0.113.9:52114: remote error: tls: unknown certificate',
          },
        ],
      },
    },
    {
      story: 'The certificate file of the workload itself is missing.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'open /etc/tls/tls.crt: no such file or directory',
          },
        ],
      },
    },
  ],
});
