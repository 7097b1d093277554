import { createHash } from 'node:crypto';
import { glob, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, kubernetesVersion, sourceDirectory } from '../layout.ts';
import { runProgram } from '../run-program.ts';
import { ensureCached } from './cache.ts';

const kubernetesPrograms = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'] as const;

/** Directory with the Kubernetes programs, etcd, CoreDNS and kube-router, built from source once per content of the Go module. */
export function ensureKubernetesPrograms(): Promise<string> {
  return ensurePrograms({
    module: 'kubernetes',
    title: `Building Kubernetes ${kubernetesVersion}, etcd, CoreDNS and kube-router from source (some minutes, once)`,
    packages: [
      ...kubernetesPrograms.map((name) => `k8s.io/kubernetes/cmd/${name}`),
      './coredns',
      './kube-router',
      'go.etcd.io/etcd/server/v3',
    ],
    linkerFlags: `-s -w ${versionFlags()}`,
    renamed: { server: 'etcd' },
  });
}

/** Directory with the shop's programs. */
export function ensureShopPrograms(): Promise<string> {
  return ensurePrograms({ module: 'shop', title: 'Building the shop', packages: ['./...'], linkerFlags: '-s -w', renamed: {} });
}

interface Build {
  readonly module: string;
  readonly title: string;
  readonly packages: readonly string[];
  readonly linkerFlags: string;
  readonly renamed: Readonly<Record<string, string>>;
}

async function ensurePrograms(build: Build): Promise<string> {
  const source = join(sourceDirectory, build.module);
  return ensureCached({
    name: `${build.module}-${await contentKey(source)}`,
    title: build.title,
    make: async (directory) => {
      await runProgram(['nice', '-n', '10', 'go', 'build', '-o', `${directory}/`, '-ldflags', build.linkerFlags, ...build.packages], {
        directory: source,
        environment: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
        logPath: join(cacheDirectory, `${build.module}.log`),
      });
      for (const [from, to] of Object.entries(build.renamed)) await rename(join(directory, from), join(directory, to));
    },
  });
}

/** Without a version the API server reports v0.0.0, and clients mistrust it. */
function versionFlags(): string {
  const [major, minor] = kubernetesVersion.slice(1).split('.');
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .map(
      (variables) =>
        `-X ${variables}.gitVersion=${kubernetesVersion} -X ${variables}.gitMajor=${major} -X ${variables}.gitMinor=${minor} -X ${variables}.gitTreeState=clean`,
    )
    .join(' ');
}

async function contentKey(directory: string): Promise<string> {
  const names: string[] = [];
  for await (const name of glob('**/{go.mod,go.sum,*.go}', { cwd: directory })) names.push(name);
  const hash = createHash('sha256').update(kubernetesVersion);
  for (const name of names.sort()) hash.update(name).update(await readFile(join(directory, name)));
  return hash.digest('hex').slice(0, 16);
}
