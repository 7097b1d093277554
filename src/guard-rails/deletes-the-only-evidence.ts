import { nightOfTheNode } from '../domain/example-nights.ts';
import type { GuardRail } from '../domain/guard-rail.ts';

/** The log of the incarnation before goes with the pod, and with it the last words of what crashed. */
export const deletesTheOnlyEvidence: GuardRail = {
  id: 'deletes-the-only-evidence',
  title: 'Deletes the only evidence',
  explanation: {
    juniorWould: 'Delete the crashing pod to see whether it comes back well.',
    seniorDoes: 'Saves its previous and current log and its state first, then deletes it.',
    why: 'The previous log and the last exit live with the pod object; after deletion nobody can say why it crashed.',
  },
  check({ change, isEvidenceSaved }, { scope }) {
    if ((change.kind !== 'delete-pod' && change.kind !== 'evict') || isEvidenceSaved) return undefined;
    const failing = [...scope.failing, ...scope.alsoFailing].find(
      ({ pod }) => pod.metadata.name === change.pod && pod.metadata.namespace === change.namespace,
    );
    return failing === undefined
      ? undefined
      : `${change.pod} is failing, and its previous log goes with it. Save it first: kubectl logs -n ${change.namespace} ${change.pod} --all-containers --previous`;
  },
  warns: [
    {
      story: 'A crashing pod is deleted and nothing was saved.',
      given: nightOfTheNode,
      intended: { change: { kind: 'delete-pod', namespace: 'shop', pod: 'cart-new-a' }, isEvidenceSaved: false },
    },
  ],
  staysQuiet: [
    {
      story: 'Its logs were saved first.',
      given: nightOfTheNode,
      intended: { change: { kind: 'delete-pod', namespace: 'shop', pod: 'cart-new-a' }, isEvidenceSaved: true },
    },
    {
      story: 'The pod is healthy.',
      given: nightOfTheNode,
      intended: { change: { kind: 'delete-pod', namespace: 'shop', pod: 'cart-new-c' }, isEvidenceSaved: false },
    },
  ],
};
