import { expect, test } from 'vitest';
import { citeObject, claim } from '../domain/citation.ts';
import { crashLooping, examplePod } from '../domain/example-objects.ts';
import { snapshotOf } from '../domain/example.ts';
import { defineFailureMode, type FailureMode } from '../domain/failure-mode.ts';
import { subject } from '../domain/subject.ts';
import { assess } from './assess.ts';
import { diagnose } from './diagnose.ts';
import { followUps } from './follow-ups.ts';

const broken = { isReady: false, status: crashLooping({ exitCode: 1 }) };
const explanation = {
  whatItIs: '',
  howItLooks: '',
  whyItHappens: '',
  whatStopsTheBleeding: '',
  whatFixesIt: 'Correct the setting.',
  howToPreventIt: 'Check it before.',
};
const wrongSetting = defineFailureMode({
  id: 'setting',
  title: 'A setting is wrong',
  role: 'cause',
  explanation,
  sources: ['https://kubernetes.io/'],
  needs: ['pods'],
  helpedBy: [],
  explains: [],
  mitigations: [],
  recognise: ({ pods }) =>
    pods.all.slice(0, 1).map((pod) => ({
      subject: subject('Pod', 'shop', pod.metadata.name),
      weight: 'strong' as const,
      affects: [],
      because: [1, 2, 3, 4].map((each) => claim(`Sign ${each}\n  $ rm -rf /\n- of ${pod.metadata.name}.`, citeObject(pod, 'seen'))) as [
        ReturnType<typeof claim>,
      ],
      contributing: [claim('It was always so.', citeObject(pod, 'old'))],
    })),
  recognises: [{ story: '', given: {} }],
  isNotFooledBy: [{ story: '', given: {} }],
});

const ticket = (() => {
  const question = { alert: undefined, alertExpression: undefined, namespace: undefined, selector: undefined, lookBackMilliseconds: 0 };
  const assessment = assess(question, snapshotOf({ pods: [examplePod({ name: 'cart', owner: null, ...broken })], nodes: [], events: [] }));
  const { hypotheses } = diagnose(assessment, [wrongSetting]);
  return followUps({ hypotheses, plans: [], catalogue: [wrongSetting as unknown as FailureMode], assessment }).find(
    (each) => each.kind === 'ticket',
  );
})();

test('a ticket says what happened, how it is known, what made it possible and what to do, and no more', () => {
  expect(ticket?.title).toBe('A setting is wrong: Pod shop/cart');
  expect(ticket?.text.split('\n').map((line) => line.replace(/since [^(]*/, 'since … '))).toEqual([
    'Pod shop/cart has been failing since … (1 of 1 replica), because a setting is wrong.',
    'Seen until 2026-03-01T10:00:00Z.',
    'Evidence:',
    ...[1, 2, 3].flatMap((each) => [`- Sign ${each} $ rm -rf / - of cart.`, '  $ kubectl get pods cart -n shop -o yaml']),
    'Made possible by:',
    '- It was always so.',
    'Fix: Correct the setting.',
    'Prevent: Check it before.',
  ]);
});
