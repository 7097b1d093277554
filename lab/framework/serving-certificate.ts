import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';
import type { Manifest } from './own-namespace.ts';

/**
 * The Secret of a server inside the cluster, with a certificate for its Service that only itself has signed. Whoever should
 * trust it must be given `tls.crt`.
 */
export async function servingCertificate({ service, namespace }: { readonly service: string; readonly namespace: string }): Promise<{
  readonly secret: Manifest;
  /** The certificate in base64, as webhooks want it as `caBundle`. */
  readonly authority: string;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'stanch-lab-'));
  try {
    const names = [service, `${service}.${namespace}`, `${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`];
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
        '30',
        '-subj',
        `/CN=${service}`,
        '-addext',
        `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
        '-keyout',
        'tls.key',
        '-out',
        'tls.crt',
      ],
      { directory },
    );
    const [certificate, key] = await Promise.all(['tls.crt', 'tls.key'].map((name) => readFile(join(directory, name), 'base64')));
    return {
      secret: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/tls',
        metadata: { name: service, namespace },
        data: { 'tls.crt': certificate, 'tls.key': key },
      },
      authority: certificate ?? '',
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}
