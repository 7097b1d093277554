import type { Replica, Subject } from '../contract-parts.ts';

/** "Deployment payments/payment-service" */
export function subjectWords({ kind, namespace, name }: Subject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** "2 replicas" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What tells a pod from its siblings: its name without that of its workload. */
export function shortPodName({ pod, workload }: Pick<Replica, 'pod' | 'workload'>): string {
  const beginning = `${workload.name}-`;
  return pod.startsWith(beginning) && pod.length > beginning.length ? pod.slice(beginning.length) : pod;
}
