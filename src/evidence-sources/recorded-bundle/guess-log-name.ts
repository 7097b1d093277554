import { groupBy } from '../../domain/collection.ts';
import type { ObjectOf } from '../../domain/kubernetes/resources.ts';
import type { LogName } from '../../recording-format/recording-paths.ts';

interface NamedPod {
  readonly namespace: string;
  readonly pod: string;
  /** Init containers first, as they run. */
  readonly containers: readonly string[];
  /** Without init containers. */
  readonly defaultContainers: readonly string[];
}
export type PodsByName = ReadonlyMap<string, readonly NamedPod[]>;

export function podsByName(pods: readonly ObjectOf<'pods'>[]): PodsByName {
  const named = pods.map(
    (pod): NamedPod => ({
      namespace: pod.metadata.namespace ?? '',
      pod: pod.metadata.name,
      defaultContainers: pod.spec.containers.map((container) => container.name),
      containers: [...pod.spec.initContainers, ...pod.spec.containers].map((container) => container.name),
    }),
  );
  const byName = new Map<string, NamedPod[]>();
  for (const each of named) byName.set(each.pod, [...(byName.get(each.pod) ?? []), each]);
  return byName;
}

/** Which containers' logs these files are, told by pods whose names occur in their paths. What stays doubtful is left out. */
export function guessLogName(paths: readonly string[], pods: PodsByName): readonly { readonly path: string; readonly name: LogName }[] {
  const fromKubelet = kubeletLogs(paths);
  return [
    ...fromKubelet,
    ...paths.flatMap((path) => {
      const name = kubeletPath.test(path) ? undefined : nameFromPods(path, pods);
      return name === undefined ? [] : [{ path, name }];
    }),
  ];
}

/** /var/log/pods of a node: <namespace>_<pod>_<uid>/<container>/<restart>.log */
const kubeletPath = /(?:^|\/)([a-z0-9-]+)_([a-z0-9.-]+)_[0-9a-f-]{32,36}\/([a-z0-9-]+)\/(\d+)\.log$/;

function kubeletLogs(paths: readonly string[]): readonly { readonly path: string; readonly name: LogName }[] {
  const files = paths.flatMap((path) => {
    const [whole, namespace = '', pod = '', container = '', restart = ''] = kubeletPath.exec(path) ?? [];
    return whole === undefined ? [] : [{ path, namespace, pod, container, restart: Number(restart) }];
  });
  const byContainer = groupBy(files, (file) => `${file.namespace}/${file.pod}/${file.container}`);
  return [...byContainer.values()].flatMap((incarnations) => {
    const [current, previous] = incarnations.toSorted((one, other) => other.restart - one.restart);
    return [current, previous].flatMap((file) =>
      file === undefined
        ? []
        : [
            {
              path: file.path,
              name: { namespace: file.namespace, pod: file.pod, container: file.container, isPrevious: file === previous },
            },
          ],
    );
  });
}

const previousMark = /(?:^|[._-])(?:previous|prev)(?:$|[._-])/;

function nameFromPods(path: string, pods: PodsByName): LogName | undefined {
  const steps = path.replace(/\.(log|txt)$/i, '').split('/');
  const isPrevious = steps.some((step) => previousMark.test(step));
  for (const [position, step] of steps.toReversed().entries()) {
    const plain = step.replace(/[._-](?:previous|prev)$/, '');
    const found = [...candidates(plain)].find((candidate) => pods.has(candidate.pod));
    if (found === undefined) continue;
    const known = (pods.get(found.pod) ?? []).filter(
      (pod, _position, all) => all.length === 1 || steps.some((other) => other.split('_').includes(pod.namespace)),
    );
    const [pod] = known;
    if (pod === undefined || known.length > 1) return undefined;
    const below = steps.slice(steps.length - position).map((other) => other.replace(/[._-](?:previous|prev)$/, ''));
    const told = [found.rest, ...below, ...below.map((text) => text.replace(/^logs?[._-]/, ''))].find((text) =>
      pod.containers.includes(text),
    );
    const container = told ?? (pod.defaultContainers.length === 1 ? pod.defaultContainers[0] : undefined);
    return container === undefined ? undefined : { namespace: pod.namespace, pod: pod.pod, container, isPrevious };
  }
  return undefined;
}

/** "web-1", "web-1_app", "shop_web-1_app", "web-1-app": every way to cut a file name into a pod and a container. */
function* candidates(step: string): Iterable<{ readonly pod: string; readonly rest: string }> {
  yield { pod: step, rest: '' };
  const parts = step.split('_');
  if (parts.length > 1) for (const [position, pod] of parts.entries()) yield { pod, rest: parts[position + 1] ?? '' };
  for (let cut = step.lastIndexOf('-'); cut > 0; cut = step.lastIndexOf('-', cut - 1))
    yield { pod: step.slice(0, cut), rest: step.slice(cut + 1) };
  for (let cut = step.lastIndexOf('.'); cut > 0; cut = step.lastIndexOf('.', cut - 1))
    yield { pod: step.slice(0, cut), rest: step.slice(cut + 1) };
}
