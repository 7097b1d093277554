import { randomUUID } from 'node:crypto';
import { debugPodLabel } from '../../domain/debug-pod.ts';
import { type Instant, millisecondsPerSecond } from '../../domain/instant.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import { plainText } from '../../domain/plain-text.ts';
import type { PodAccess, ProgramOutcome } from '../../ports/pod-access.ts';
import { containerName, debugPodManifest, debugPodSeconds, type DebugPod, shellInThePod, shellOnTheHost } from './debug-pod-manifest.ts';
import type { NodeShell } from './node-shell.ts';

export interface DebugPodSettings {
  readonly namespace: string;
  readonly image: string;
  /** As for a session over ssh: beyond these a node is left. */
  readonly totalMilliseconds: number;
  readonly outputBytes: number;
  /** Told what is changed in the cluster, one line each. */
  readonly notice: (text: string) => void;
}

/** Small, known everywhere, and has a shell, sleep, chroot and nc. */
export const usualDebugImage = 'busybox:1.37';

/** Pulling a small image and starting a container takes seconds; what takes longer will not help tonight. */
const startMilliseconds = 30_000;
/** A kubelet that works takes a pod up within a second or two. */
const takeUpMilliseconds = 10_000;
const lookEveryMilliseconds = 500;
/** Deleting must not fail because the time for the investigation is over. */
const removeMilliseconds = 10_000;

type Started =
  | { readonly state: 'started'; readonly pod: DebugPod }
  | (Extract<ProgramOutcome, { readonly state: 'failed' }> & { readonly pod?: undefined });

/** Looks at nodes from pods of our own, pinned to them. Each is created once, kept for later questions, and deleted at the end. */
export function debugPodNodes(access: PodAccess, settings: DebugPodSettings): NodeShell {
  const begun = new Map<string, { readonly pod: DebugPod; readonly started: Promise<Started> }>();
  let swept: Promise<void> | undefined;
  const podOn = async (node: string, network: DebugPod['network'], signal: AbortSignal): Promise<Started> => {
    swept ??= sweep(access, settings, signal);
    await swept;
    const key = `${network} ${node}`;
    const known = begun.get(key);
    if (known !== undefined) return known.started;
    const pod = { name: `stanch-debug-${randomUUID().slice(0, 8)}`, namespace: settings.namespace, node, image: settings.image, network };
    settings.notice(
      `creates pod ${pod.namespace}/${pod.name} on ${node} (${network === 'host' ? 'host network, file system read-only' : 'pod network'}), deleted when it is done`,
    );
    // Known before it is asked for, so that it is deleted even if the answer never comes.
    const started = start(access, pod, signal);
    begun.set(key, { pod, started });
    return started;
  };
  const runIn = async (pod: DebugPod, argv: readonly [string, ...string[]], script: string, signal: AbortSignal): Promise<ProgramOutcome> =>
    access.run(
      { namespace: pod.namespace, pod: pod.name, container: containerName },
      { argv, input: script, totalMilliseconds: settings.totalMilliseconds, outputBytes: settings.outputBytes },
      signal,
    );
  return {
    // Mounted read-only by us, whatever it is on the node.
    ownMounts: ['/'],
    async run(node, script, signal) {
      const started = await podOn(node, 'host', signal);
      return started.state === 'started' ? runIn(started.pod, shellOnTheHost, script, signal) : started;
    },
    async runOnPodNetwork(node, script, signal) {
      const started = await podOn(node, 'pod', signal);
      return started.state === 'started'
        ? { outcome: await runIn(started.pod, shellInThePod, script, signal), pod: started.pod }
        : { outcome: started, pod: undefined };
    },
    async close() {
      await Promise.all(
        [...begun.values()].map(async ({ pod, started }) => {
          await started;
          await remove(access, pod, settings.notice);
        }),
      );
      begun.clear();
    },
  };
}

async function remove(
  access: PodAccess,
  { namespace, name }: Pick<DebugPod, 'namespace' | 'name'>,
  notice: DebugPodSettings['notice'],
): Promise<void> {
  const removed = await access.remove(namespace, name, AbortSignal.timeout(removeMilliseconds));
  if (removed.state === 'failed')
    notice(
      `could not delete pod ${namespace}/${name} (${removed.detail}); it ends by itself after ${debugPodSeconds} s, and: kubectl delete pod -n ${namespace} ${name}`,
    );
}

/** Deletes what an earlier run left behind. A pod within its time may belong to a colleague. */
async function sweep(access: PodAccess, { namespace, notice }: DebugPodSettings, signal: AbortSignal): Promise<void> {
  const listed = await access.listLabelled(`${debugPodLabel}=true`, namespace, signal);
  // What cannot be listed cannot be deleted either; the cluster has ended it already.
  if (listed.state === 'failed') return;
  await Promise.all(
    listed.value
      .filter((pod) => isOurs(pod) && isOver(pod, access.now()))
      .map(({ metadata }) => remove(access, { namespace: metadata.namespace ?? namespace, name: metadata.name }, notice)),
  );
}

/** Only such pods were asked for. What stands between and answers with others must not get them deleted. */
function isOurs({ metadata: { labels } }: Pod): boolean {
  return labels[debugPodLabel] === 'true';
}

function isOver({ metadata, status }: Pod, now: Instant): boolean {
  const { creationTimestamp } = metadata;
  return (
    status.phase === 'Failed' ||
    status.phase === 'Succeeded' ||
    (creationTimestamp !== undefined && now - creationTimestamp > debugPodSeconds * millisecondsPerSecond)
  );
}

async function start(access: PodAccess, pod: DebugPod, signal: AbortSignal): Promise<Started> {
  const begin = access.now();
  const fail = (because: Extract<ProgramOutcome, { readonly state: 'failed' }>['because'], detail: string): Started => ({
    state: 'failed',
    because,
    detail: `debug pod ${pod.namespace}/${pod.name} on ${pod.node}: ${detail}`,
  });
  let answer = await access.create(debugPodManifest(pod), signal);
  for (;;) {
    if (answer.state === 'failed') return fail(answer.because, answer.detail);
    const { status } = answer.value;
    const [container] = status.containerStatuses;
    const waiting = container?.state.waiting;
    const waited = access.now() - begin;
    if (container?.state.running !== undefined) return { state: 'started', pod };
    if (status.phase === 'Failed' || container?.state.terminated !== undefined)
      return fail(
        'unreachable',
        `it ended at once (${status.reason ?? container?.state.terminated?.reason ?? 'no reason given'}: ${plainText(status.message ?? container?.state.terminated?.message ?? '')})`,
      );
    if (isHopeless(waiting?.reason))
      return fail(
        'unreachable',
        `${waiting?.reason}: ${plainText(waiting?.message ?? '')}; give --debug-image an image that the node has or can pull, with sh, sleep and chroot`,
      );
    if (signal.aborted) return fail('timed-out', 'the time for the investigation was used up before it ran');
    if (status.startTime === undefined && waited > takeUpMilliseconds)
      return fail('timed-out', 'the kubelet has not taken it up, so it does not work');
    if (waited > startMilliseconds)
      return fail(
        'timed-out',
        `it did not start within ${startMilliseconds / millisecondsPerSecond} s (${waiting?.reason ?? status.phase ?? 'no state'})`,
      );
    await access.pause(lookEveryMilliseconds, signal);
    answer = await access.look(pod.namespace, pod.name, signal);
  }
}

const hopeless: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerError',
  'CreateContainerConfigError',
  'RunContainerError',
  'ImageInspectError',
]);

function isHopeless(reason: string | undefined): boolean {
  return reason !== undefined && hopeless.has(reason);
}
