import type { Replicas } from './replica.ts';
import type { Backend } from './service-backends.ts';
import { type Subject, subject, subjectKey } from './subject.ts';

/** Whose trouble would explain that a Service does not serve: itself, the workloads behind it, and its pods where all of them fail. */
export function blamedBehind(backend: Backend | undefined, replicas: Replicas | undefined): readonly Subject[] {
  if (backend === undefined) return [];
  const { namespace, name } = backend.service.metadata;
  const behind = (backend.pods ?? []).flatMap((pod) => replicas?.ofPod(pod.metadata.namespace, pod.metadata.name) ?? []);
  // One bad pod among good ones explains nothing.
  const pods = behind.every((replica) => replica.health === 'failing')
    ? behind.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name))
    : [];
  const all = [subject('Service', namespace, name), ...behind.map((replica) => replica.workload), ...pods];
  return [...new Map(all.map((each) => [subjectKey(each), each])).values()];
}
