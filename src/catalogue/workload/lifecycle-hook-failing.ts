import { citeEnd, lastEnd } from '../../domain/container-evidence.ts';
import { citeEvent, firstSeenAt, standingEvents } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { containerOf, statusOf } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';

/** The command or request that runs beside the start of a container fails, so the kubelet kills the container. */
export const lifecycleHookFailing = defineFailureMode({
  id: 'lifecycle-hook-failing',
  title: 'The postStart hook of a container fails',
  role: 'cause',
  explanation: {
    whatItIs:
      'A postStart hook runs right after the container is created; where it fails, the kubelet kills the container and starts it over.',
    howItLooks: 'PostStartHookError or CrashLoopBackOff, and FailedPostStartHook events; the program itself says nothing wrong.',
    whyItHappens: 'The hook calls a program that the image lacks, a port that is not open yet, or a host that does not answer.',
    whatStopsTheBleeding: 'Roll back to the revision without the hook.',
    whatFixesIt: 'Repair the hook, or do its work in an init container or in the program, where order is guaranteed.',
    howToPreventIt: 'Keep hooks out of the way of starting: they run beside the entry point and not after it.',
  },
  sources: ['https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/'],
  needs: ['replicas', 'events'],
  helpedBy: [],
  explains: ['bad-revision', 'liveness-probe-misconfigured'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      standingEvents(facts.events, replica.pod, facts.now)
        .filter((event) => event.reason === 'FailedPostStartHook')
        .flatMap((event) => {
          const container =
            /\{(.+)\}/.exec(event.involvedObject.fieldPath ?? '')?.[1] ??
            replica.pod.spec.containers.find((each) => each.lifecycle?.postStart !== undefined)?.name ??
            '';
          if (containerOf(replica.pod, container)?.lifecycle?.postStart === undefined) return [];
          const end = lastEnd(statusOf(replica.pod, container));
          return [
            {
              replica,
              container,
              citations: [citeEvent(event), ...(end === undefined ? [] : [citeEnd(replica.pod, container)])] as const,
              since: firstSeenAt(event),
            },
          ];
        }),
    );
    return byWorkload(seen, (each) => each.container).map((group) =>
      findingOf(group, {
        weight: 'conclusive',
        because: [
          claimOfAll(
            `The postStart hook of container ${group[0].container} fails in ${countOf([...new Set(group.map((each) => each.replica))])}, so the kubelet kills the container.`,
            group,
          ),
        ],
      }),
    );
  },

  recognises: [
    {
      story: 'The hook calls a command that ends in error.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            labels: { 'pod-template-hash': '7f9' },
            container: { lifecycle: { postStart: { exec: { command: ['/bin/warm-up'] } } } },
            status: crashLooping({ exitCode: 137 }),
          }),
        ],
        events: [
          exampleEvent({ about: { kind: 'Pod', name: 'cart-7f9-a' }, reason: 'FailedPostStartHook', message: 'PostStartHook failed' }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A hook before the end failed while an old pod went away; nothing suffers.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a' })],
        events: [
          exampleEvent({ about: { kind: 'Pod', name: 'cart-7f9-old' }, reason: 'FailedPreStopHook', message: 'PreStopHook failed' }),
        ],
      },
    },
    {
      story: 'The hook failed once, and the container runs since.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', container: { lifecycle: { postStart: { exec: { command: ['x'] } } } } })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'FailedPostStartHook',
            message: 'PostStartHook failed',
            minutesAgo: 15,
          }),
        ],
      },
    },
  ],
});
