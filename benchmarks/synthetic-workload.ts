export const workloadsPerNamespace = 20;

export interface Workload {
  readonly number: number;
  readonly name: string;
  readonly namespace: string;
  /** Its newest revision cannot reach its database and crashes; it is the only thing that is wrong. */
  readonly isBroken: boolean;
}

export function workloadAt(number: number): Workload {
  return { number, name: `app-${number}`, namespace: `team-${Math.floor(number / workloadsPerNamespace)}`, isBroken: number === 7 };
}

export const longAgo = '2026-10-02T08:00:00Z';
export const rolledOut = '2026-11-20T11:41:00Z';

export function labelsOf({ name, namespace }: Workload): { readonly [key: string]: string } {
  return { app: name, 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': namespace, 'app.kubernetes.io/managed-by': 'Helm' };
}

export function revisionName({ name }: Workload, revision: number): string {
  return `${name}-${revisionHash(revision)}`;
}

export function revisionHash(revision: number): string {
  return (7_000_000 + revision * 91_003).toString(36);
}
