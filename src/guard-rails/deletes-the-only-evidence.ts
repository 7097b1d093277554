import { nightOfTheNode } from '../domain/example-nights.ts';
import type { Deed, GuardRail } from '../domain/guard-rail.ts';
import type { Replica } from '../domain/replica.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import { subject, subjectKey } from '../domain/subject.ts';

/** The log of the incarnation before goes with the pod, and with it the last words of what crashed. */
export const deletesTheOnlyEvidence: GuardRail = {
  id: 'deletes-the-only-evidence',
  title: 'Deletes the only evidence',
  explanation: {
    juniorWould: 'Delete the crashing pod to see whether it comes back well.',
    seniorDoes: 'Saves its previous and current log and its state first, then deletes it.',
    why: 'The previous log and the last exit live with the pod object; after deletion nobody can say why it crashed.',
  },
  judges: ['delete-pod', 'evict', 'drain', 'roll-back', 'restart-rollout', 'set-memory-limit'],
  check({ deed, isEvidenceSaved }, { scope }) {
    if (isEvidenceSaved) return undefined;
    const failing = [...scope.failing, ...scope.alsoFailing].filter((replica) => goesWith(deed, replica));
    const [first] = failing;
    if (first === undefined) return undefined;
    const names = failing.map(({ pod }) => pod.metadata.name).join(', ');
    const [save] = saveCommands(first.pod);
    return `${names} ${failing.length === 1 ? 'is' : 'are'} failing, and the previous log goes with the pod. Save it first: ${save}`;
  },
  warns: [
    {
      story: 'Its workload is restarted, which replaces it.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'restart-rollout', workload: subject('Deployment', 'shop', 'cart') }, isEvidenceSaved: false },
    },
    {
      story: 'Its workload is rolled back, which replaces it.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'roll-back', workload: subject('Deployment', 'shop', 'cart'), toRevision: 1 }, isEvidenceSaved: false },
    },
    {
      story: 'Its workload is given more memory, which replaces it.',
      given: nightOfTheNode,
      intended: {
        deed: { kind: 'set-memory-limit', workload: subject('Deployment', 'shop', 'cart'), container: 'app', from: '1Gi', to: '2Gi' },
        isEvidenceSaved: false,
      },
    },
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
      story: 'Another workload is restarted.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'restart-rollout', workload: subject('Deployment', 'shop', 'search') }, isEvidenceSaved: false },
    },
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

function goesWith(deed: Deed, { pod, workload }: Replica): boolean {
  switch (deed.kind) {
    case 'drain':
      return pod.spec.nodeName === deed.node;
    case 'delete-pod':
    case 'evict':
      return pod.metadata.name === deed.pod && pod.metadata.namespace === deed.namespace;
    case 'roll-back':
    case 'restart-rollout':
    case 'set-memory-limit':
      return subjectKey(workload) === subjectKey(deed.workload);
    default:
      return false;
  }
}
