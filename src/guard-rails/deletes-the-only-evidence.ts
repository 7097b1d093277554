import { nightOfTheNode } from '../domain/example-nights.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
import { saveCommands } from '../domain/save-evidence.ts';

/** The log of the incarnation before goes with the pod, and with it the last words of what crashed. */
export const deletesTheOnlyEvidence: GuardRail = {
  id: 'deletes-the-only-evidence',
  title: 'Deletes the only evidence',
  explanation: {
    juniorWould: 'Delete the crashing pod to see whether it comes back well.',
    seniorDoes: 'Saves its previous and current log and its state first, then deletes it.',
    why: 'The previous log and the last exit live with the pod object; after deletion nobody can say why it crashed.',
  },
  judges: ['delete-pod', 'evict', 'drain'],
  check({ deed, isEvidenceSaved }, { scope }) {
    if ((deed.kind !== 'delete-pod' && deed.kind !== 'evict' && deed.kind !== 'drain') || isEvidenceSaved) return undefined;
    const failing = [...scope.failing, ...scope.alsoFailing].filter(({ pod }) =>
      deed.kind === 'drain' ? pod.spec.nodeName === deed.node : pod.metadata.name === deed.pod && pod.metadata.namespace === deed.namespace,
    );
    const [first] = failing;
    if (first === undefined) return undefined;
    const names = failing.map(({ pod }) => pod.metadata.name).join(', ');
    const [save] = saveCommands(first.pod);
    return `${names} ${failing.length === 1 ? 'is' : 'are'} failing, and the previous log goes with the pod. Save it first: ${save}`;
  },
  warns: [
    {
      story: 'It is evicted instead, and nothing was saved.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'evict', namespace: 'shop', pod: 'cart-new-a' }, isEvidenceSaved: false },
    },
    {
      story: 'A crashing pod is deleted and nothing was saved.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'delete-pod', namespace: 'shop', pod: 'cart-new-a' }, isEvidenceSaved: false },
    },
    {
      story: 'The node is drained with all that fail on it.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'drain', node: 'node-3' }, isEvidenceSaved: false },
    },
  ],
  staysQuiet: [
    {
      story: 'The node that is drained has none that fail.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'drain', node: 'node-1' }, isEvidenceSaved: false },
    },
    {
      story: 'Its logs were saved first.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'delete-pod', namespace: 'shop', pod: 'cart-new-a' }, isEvidenceSaved: true },
    },
    {
      story: 'The pod is healthy.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'delete-pod', namespace: 'shop', pod: 'cart-new-c' }, isEvidenceSaved: false },
    },
  ],
};
