import type { Claim } from '../../domain/citation.ts';
import { citeLog, claim } from '../../domain/citation.ts';
import { citeEnd, crashedContainers } from '../../domain/container-evidence.ts';
import type { ContainerLog } from '../../domain/evidence.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { Replica } from '../../domain/replica.ts';
import { type AtLeastOne, byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** Containers end again and again. True, and no explanation: every other mode that knows why comes first. */
export const crashLoop = defineFailureMode({
  id: 'crash-loop',
  title: 'Containers end again and again',
  role: 'symptom',
  explanation: {
    whatItIs: 'A container ends, the kubelet starts it again after a growing pause, and it ends again.',
    howItLooks: 'CrashLoopBackOff or Error in `kubectl get pods`, and a growing number of restarts.',
    whyItHappens: 'Whatever ends a program: its own fault, its configuration, a dependency, its memory limit, a probe.',
    whatStopsTheBleeding: 'Choose by what separates the failing replicas from the healthy ones: revision, node, zone or nothing.',
    whatFixesIt: 'Find out why it ends: exit code, last lines of the log, what changed.',
    howToPreventIt: 'Let programs say in their last line why they end.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts'],
  needs: ['replicas'],
  helpedBy: ['container-logs'],
  explains: [],
  mitigations: ['roll-back-workload', 'cordon-node'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      crashedContainers(replica)
        .filter(({ isInit }) => !isInit)
        .map((crashed) => ({
          replica,
          container: crashed.container,
          exitCode: crashed.end.exitCode,
          since: crashed.since,
          citations: [citeEnd(replica.pod, crashed.container)] as const,
        })),
    );
    return byWorkload<Crashed>(seen, (each) => each.container).map((group) => {
      const [{ container, replica, exitCode }] = group;
      const code = group.every((each) => each.exitCode === exitCode) && exitCode !== undefined ? ` with exit code ${exitCode}` : '';
      return findingOf(group, {
        weight: 'conclusive',
        because: [
          claimOfAll(`Container ${container} of ${countOf(group)} ends again and again${code}.`, group),
          ...lastWords(group, facts['container-logs'] ?? []),
        ],
        wouldSettle: [
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} logs ${replica.pod.metadata.name} -c ${container} --previous --tail=50`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'A container that ends with an error and waits for its next try.',
      given: {
        pods: [
          examplePod({ name: 'cart-7f9-a', isReady: false, labels: { 'pod-template-hash': '7f9' }, status: crashLooping({ exitCode: 1 }) }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Restarts of last month.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            status: { restartCount: 12, lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-02-01T00:00:00Z' } } },
          }),
        ],
      },
    },
    {
      story: 'A Job that ended well.',
      given: {
        pods: [
          examplePod({
            name: 'report-a',
            owner: { kind: 'Job', name: 'report' },
            phase: 'Succeeded',
            isReady: false,
            status: { ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          }),
        ],
      },
    },
  ],
});

interface Crashed extends Sighting {
  readonly container: string;
  readonly exitCode: number | undefined;
}

/** The last line of a log, as people look for it first. */
function lastWords([first]: AtLeastOne<Crashed>, logs: readonly ContainerLog[]): readonly Claim[] {
  const log =
    logs.find((each) => isOf(each, first.replica, first.container) && each.isPrevious) ??
    logs.find((each) => isOf(each, first.replica, first.container));
  const line = log?.lines.findLast(({ text }) => text.trim() !== '');
  return log === undefined || line === undefined
    ? []
    : [claim(`Its last words: "${line.text.trim().slice(0, 160)}".`, citeLog(log, line.text.trim().slice(0, 200), line.at))];
}

function isOf(log: ContainerLog, { pod }: Replica, container: string): boolean {
  return log.namespace === pod.metadata.namespace && log.pod === pod.metadata.name && log.container === container;
}
