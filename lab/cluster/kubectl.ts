import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillIn } from '../fill-in.ts';
import { addresses, apiServerUrl, desk, hostNamed, imageRegistry, kubeconfigPath, sourceDirectory } from '../layout.ts';
import { ensureKubernetesPrograms } from '../machine/go-programs.ts';
import { inNetworkOf } from '../machine/network.ts';
import { type ProgramResult, runProgram, tryProgram } from '../run-program.ts';

async function vector(parts: readonly string[]): Promise<[string, ...string[]]> {
  return inNetworkOf(desk.name, [join(await ensureKubernetesPrograms(), 'kubectl'), '--kubeconfig', kubeconfigPath, ...parts]);
}

/** Runs kubectl from the engineer's desk, as the cluster's administrator. */
export async function kubectl(...parts: readonly string[]): Promise<string> {
  return runProgram(await vector(parts));
}

export async function tryKubectl(...parts: readonly string[]): Promise<ProgramResult> {
  return tryProgram(await vector(parts), { timeoutMilliseconds: 60_000 });
}

export async function readObject<Kind>(...parts: readonly string[]): Promise<Kind> {
  return JSON.parse(await kubectl('get', '--output=json', ...parts)) as Kind;
}

/** Applies objects given as values or as manifest text. */
export async function applyObjects(objects: string | readonly object[]): Promise<void> {
  const input = typeof objects === 'string' ? objects : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await runProgram(await vector(['apply', '--server-side', '--force-conflicts', '--field-manager=platform-team', '--filename=-']), {
    input,
  });
}

/** The text of a manifest of `lab/cluster`, with the lab's addresses filled in. */
export async function readManifest(name: string): Promise<string> {
  const values: Readonly<Record<string, string>> = {
    API_SERVER: apiServerUrl,
    PODS: addresses.pods,
    SERVICES: addresses.services,
    CLUSTER_DNS: addresses.clusterDns,
    DATABASE_SERVICE: addresses.databaseService,
    DATABASE: hostNamed('database').address,
    IMAGE_REGISTRY: imageRegistry,
  };
  return fillIn(await readFile(join(sourceDirectory, 'cluster', name), 'utf8'), values, name);
}
