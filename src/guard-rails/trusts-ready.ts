import { nightOfTheNode, nightOfTheRevision } from '../domain/example-nights.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
import { subjectKey } from '../domain/subject.ts';

/** Ready is what the readiness probe, or the kubelet's heartbeat, says of itself. It never asks what users ask for. */
export const trustsReady: GuardRail = {
  id: 'trusts-ready',
  title: 'Trusts Ready',
  explanation: {
    juniorWould: 'Wait until it shows Ready and call it healed.',
    seniorDoes:
      'Waits until users are served: the error rate and the alert hold for a while, and a probe from that place reaches the service.',
    why: 'A node is Ready when its kubelet reports, a pod when its own probe passes; both can be so while nobody is served.',
  },
  judges: ['trust-ready'],
  check({ deed }, { scope, blastRadius, replicas }) {
    if (deed.kind !== 'trust-ready') return undefined;
    const { subject } = deed;
    const { leading } = blastRadius;
    const bad = leading?.axis === 'node' ? leading.value : undefined;
    const instead = 'Watch the error rate and the alert until they hold (stanch mitigate does), and reach the service from there.';
    if (subject.kind === 'Node') {
      return subject.name === bad
        ? `${subject.name} is what separates failing from healthy; its Ready is only its kubelet's heartbeat. ${instead}`
        : undefined;
    }
    const replica = subject.kind === 'Pod' ? replicas?.ofPod(subject.namespace, subject.name) : undefined;
    if (replica !== undefined && bad !== undefined && replica.pod.spec.nodeName === bad)
      return `${subject.name} runs on ${bad}, which is what separates failing from healthy: Ready there is no proof. ${instead}`;
    const isTarget = scope.target !== undefined && subjectKey(scope.target) === subjectKey(subject);
    const members = isTarget ? scope.failing : replica === undefined ? [] : [replica];
    const erring = members.filter(({ troubles }) => troubles.some(({ kind }) => kind === 'erring'));
    return erring.length === 0 ? undefined : `${erring.length} replicas are Ready and fail those who call them. ${instead}`;
  },
  warns: [
    {
      story: 'Somebody waits for the bad node to be Ready, which it has been all the time.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'trust-ready', subject: { kind: 'Node', name: 'node-3' } }, isEvidenceSaved: true },
    },
    {
      story: 'Somebody waits for a pod on the bad node.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'trust-ready', subject: { kind: 'Pod', namespace: 'shop', name: 'cart-new-a' } }, isEvidenceSaved: true },
    },
  ],
  staysQuiet: [
    {
      story: 'Another node joins, and somebody waits for it.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'trust-ready', subject: { kind: 'Node', name: 'node-1' } }, isEvidenceSaved: true },
    },
    {
      story: 'The crashing replicas of a bad revision are watched: they will not be Ready by mistake.',
      given: nightOfTheRevision,
      intended: { deed: { kind: 'trust-ready', subject: { kind: 'Deployment', namespace: 'shop', name: 'cart' } }, isEvidenceSaved: true },
    },
  ],
};
