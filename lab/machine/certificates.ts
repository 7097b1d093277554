import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addresses, apiServerUrl, certificatesDirectory, hostNamed, stanchTokenPath, workers } from '../layout.ts';
import { runProgram } from '../run-program.ts';

interface Certificate {
  /** File name without ending, in the certificates directory. */
  readonly name: string;
  readonly subject: string;
  /** Names and addresses that a server answers under. Empty: a client's certificate. */
  readonly servedNames: readonly string[];
}

const controlPlaneAddress = hostNamed('control-plane').address;

const certificates: readonly Certificate[] = [
  {
    name: 'kube-apiserver',
    subject: '/CN=kube-apiserver',
    servedNames: [
      `IP:${controlPlaneAddress}`,
      `IP:${addresses.apiServerService}`,
      'IP:127.0.0.1',
      'DNS:kubernetes',
      'DNS:kubernetes.default',
      'DNS:kubernetes.default.svc',
    ],
  },
  { name: 'kubelet-client', subject: '/O=system:masters/CN=kube-apiserver-kubelet-client', servedNames: [] },
  { name: 'front-proxy-client', subject: '/CN=front-proxy-client', servedNames: [] },
  { name: 'admin', subject: '/O=system:masters/CN=lab-admin', servedNames: [] },
  { name: 'controller-manager', subject: '/CN=system:kube-controller-manager', servedNames: [] },
  { name: 'scheduler', subject: '/CN=system:kube-scheduler', servedNames: [] },
  { name: 'prometheus', subject: '/CN=prometheus', servedNames: [] },
  ...workers.flatMap((worker) => [
    { name: worker.name, subject: `/O=system:nodes/CN=system:node:${worker.name}`, servedNames: [] },
    { name: `${worker.name}-serving`, subject: `/CN=${worker.name}`, servedNames: [`IP:${worker.address}`, `DNS:${worker.name}`] },
  ]),
];

/** Makes the cluster's authority, every certificate, a kubeconfig for each client, and the token between Alertmanager and Stanch. */
export async function createCertificates(): Promise<void> {
  await mkdir(certificatesDirectory, { recursive: true, mode: 0o700 });
  const inDirectory = { directory: certificatesDirectory };
  await runProgram(
    [
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '365',
      '-subj',
      '/CN=lab-authority',
      '-keyout',
      'authority.key',
      '-out',
      'authority.crt',
    ],
    inDirectory,
  );
  await runProgram(['openssl', 'genrsa', '-out', 'service-account.key', '2048'], inDirectory);
  await runProgram(['openssl', 'rsa', '-in', 'service-account.key', '-pubout', '-out', 'service-account.pub'], inDirectory);
  await writeFile(stanchTokenPath, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  for (const certificate of certificates) {
    await createCertificate(certificate);
    if (certificate.servedNames.length === 0) await writeKubeconfig(certificate.name);
  }
}

async function createCertificate({ name, subject, servedNames }: Certificate): Promise<void> {
  const inDirectory = { directory: certificatesDirectory };
  const extensions =
    servedNames.length === 0 ? 'extendedKeyUsage=clientAuth\n' : `extendedKeyUsage=serverAuth\nsubjectAltName=${servedNames.join(',')}\n`;
  await writeFile(join(certificatesDirectory, `${name}.extensions`), extensions);
  await runProgram(
    [
      'openssl',
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      subject,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.request`,
    ],
    inDirectory,
  );
  await runProgram(
    [
      'openssl',
      'x509',
      '-req',
      '-in',
      `${name}.request`,
      '-CA',
      'authority.crt',
      '-CAkey',
      'authority.key',
      '-CAcreateserial',
      '-days',
      '365',
      '-extfile',
      `${name}.extensions`,
      '-out',
      `${name}.crt`,
    ],
    inDirectory,
  );
}

/** A kubeconfig that carries its certificates inside, so that it works from any directory and any host. */
async function writeKubeconfig(name: string): Promise<void> {
  const embedded = async (file: string) => (await readFile(join(certificatesDirectory, file))).toString('base64');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: apiServerUrl, 'certificate-authority-data': await embedded('authority.crt') } }],
    users: [{ name, user: { 'client-certificate-data': await embedded(`${name}.crt`), 'client-key-data': await embedded(`${name}.key`) } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: name } }],
    'current-context': 'lab',
  };
  await writeFile(join(certificatesDirectory, `${name}.kubeconfig`), JSON.stringify(kubeconfig, undefined, 2), { mode: 0o600 });
}
