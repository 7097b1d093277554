import { expect, test } from 'vitest';
import { type Claim, claim } from '../domain/citation.ts';
import { type AnyFailureMode, defineFailureMode, type Finding } from '../domain/failure-mode.ts';
import { snapshotOf } from '../domain/example.ts';
import type { BlastRadius, Scope } from '../domain/reasoned.ts';
import { type Subject, subject } from '../domain/subject.ts';
import { factsOf } from './facts-of.ts';
import { rankHypotheses } from './rank-hypotheses.ts';
import { recogniseFailureModes } from './recognise-failure-modes.ts';

const says = (text: string): Claim =>
  claim(text, { of: { kind: 'object', resource: 'pods', namespace: 'shop', name: 'cart-1' }, shows: text });
const pod = (name: string): Subject => subject('Pod', 'shop', name);
const cart = subject('Deployment', 'shop', 'cart');
const noScope: Scope = { target: undefined, chosenBecause: '', failing: [], healthy: [], undecided: [], alsoFailing: [] };
const noAxis: BlastRadius = {
  population: 'widened',
  areSiblings: false,
  axes: [],
  leading: undefined,
  isSettledByProbes: false,
  because: [],
};

function mode(
  id: string,
  finding: Partial<Finding>,
  of: { readonly role?: 'cause' | 'symptom'; readonly explains?: readonly string[] } = {},
): AnyFailureMode {
  const prose = { whatItIs: id, howItLooks: id, whyItHappens: id, whatStopsTheBleeding: id, whatFixesIt: id, howToPreventIt: id };
  return defineFailureMode({
    id,
    title: id,
    role: of.role ?? 'cause',
    explanation: prose,
    sources: ['https://kubernetes.io/'],
    needs: ['pods'],
    helpedBy: [],
    explains: of.explains ?? [],
    mitigations: [],
    recognise: () => [
      { subject: cart, weight: 'strong', because: [says(`${id} was seen.`)], affects: [pod('cart-1'), pod('cart-2')], ...finding },
    ],
    recognises: [{ story: '', given: {} }],
    isNotFooledBy: [{ story: '', given: {} }],
  });
}

function ranked(...modes: readonly AnyFailureMode[]): readonly string[] {
  const recognitions = recogniseFailureModes(modes, factsOf(snapshotOf({ pods: [] })));
  return rankHypotheses(recognitions, { scope: noScope, radius: noAxis }).map(
    (each) => `${each.failureMode} ${each.confidence} ${each.isRoot ? 'root' : `by ${each.explainedBy.join()}`}`,
  );
}

test('a symptom is never the last word while a cause for the same pods is visible', () => {
  expect(ranked(mode('loop', { weight: 'conclusive' }, { role: 'symptom' }), mode('setting', {}))).toEqual([
    'setting 0.92 root',
    'loop 0.02 by 0',
  ]);
});

test('a symptom alone is a root without conviction', () => {
  expect(ranked(mode('loop', { weight: 'conclusive' }, { role: 'symptom' }))).toEqual(['loop 0.3 root']);
});

test('a cause explains what it says it brings about in the same pods', () => {
  expect(ranked(mode('refused', {}), mode('node', { subject: subject('Node', undefined, 'n1') }, { explains: ['refused'] }))).toEqual([
    'node 0.92 root',
    'refused 0.07 by 0',
  ]);
});

test('a cause that touches less than half of what suffers is not its explanation', () => {
  const far = mode('node', { subject: subject('Node', undefined, 'n1'), affects: [pod('cart-9')] }, { explains: ['refused'] });
  expect(ranked(mode('refused', {}), far)).toEqual(['node 0.92 root', 'refused 0.92 root']);
});

test('what is blamed explains, although it shares no pod', () => {
  const database = subject('StatefulSet', 'shop', 'database');
  expect(
    ranked(
      mode('refused', { blames: [database] }),
      mode('killed', { subject: database, affects: [pod('database-0')], weight: 'conclusive' }),
    ),
  ).toEqual(['killed 0.97 root', 'refused 0.03 by 0']);
});

test('a cause that began long after its supposed effect is none', () => {
  expect(ranked(mode('refused', { since: 0 }), mode('node', { since: 3_600_000 }, { explains: ['refused'] }))).toEqual([
    'refused 0.69 root',
    'node 0.69 root',
  ]);
});

test('a guess explains nothing', () => {
  expect(ranked(mode('refused', {}), mode('node', { weight: 'weak' }, { explains: ['refused'] }))[0]).toBe('refused 0.91 root');
});

test('two that explain each other are cut at the weaker one', () => {
  expect(
    ranked(mode('one', { weight: 'suggestive' }, { explains: ['other'] }), mode('other', { weight: 'conclusive' }, { explains: ['one'] })),
  ).toEqual(['other 0.97 root', 'one 0.01 by 0']);
});

test('three that explain one another in a round keep the most believable as root', () => {
  const round = [
    mode('one', {}, { explains: ['two'] }),
    mode('two', { weight: 'conclusive' }, { explains: ['three'] }),
    mode('three', {}, { explains: ['one'] }),
  ];
  expect(ranked(...round)).toEqual(['two 0.97 root', 'one 0.07 by 2', 'three 0.03 by 0']);
});

test('a rival that is hopeless beside an answer is not said; one that is only less likely is', () => {
  expect([
    ranked(mode('killed', { weight: 'conclusive' }), mode('revision', { weight: 'suggestive' })),
    ranked(mode('refused', { weight: 'likely' }), mode('revision', { weight: 'suggestive' })),
  ]).toEqual([['killed 0.92 root'], ['refused 0.62 root', 'revision 0.09 root']]);
});

test('where the node separates, a cause that would hit every replica is doubted, unless it tells who was spared and why', () => {
  const replica = (name: string, health: 'failing' | 'healthy'): Scope['failing'][number] =>
    ({ pod: { metadata: { namespace: 'shop', name } }, workload: cart, health }) as Scope['failing'][number];
  const scope: Scope = {
    ...noScope,
    target: cart,
    failing: [replica('cart-1', 'failing'), replica('cart-2', 'failing')],
    healthy: [replica('cart-3', 'healthy')],
  };
  const leading = { axis: 'node', value: 'node-3' } as NonNullable<BlastRadius['leading']>;
  const confidenceOf = (finding: Partial<Finding>): number | undefined =>
    rankHypotheses(recogniseFailureModes([mode('setting', finding)], factsOf(snapshotOf({ pods: [] }))), {
      scope,
      radius: { ...noAxis, areSiblings: true, leading },
    })[0]?.confidence;

  expect([confidenceOf({}), confidenceOf({ explainsSplit: true })]).toEqual([0.46, 0.92]);
});

test('independent faults stay independent roots', () => {
  const mail = mode('image', { subject: subject('Deployment', 'shop', 'mail'), affects: [pod('mail-1')] });
  expect(ranked(mode('setting', {}), mail)).toEqual(['image 0.92 root', 'setting 0.92 root']);
});

test('the answer does not depend on the order of the catalogue', () => {
  const modes = [
    mode('refused', {}),
    mode('node', { subject: subject('Node', undefined, 'n1') }, { explains: ['refused'] }),
    mode('loop', {}, { role: 'symptom' }),
  ];
  expect(ranked(...modes)).toEqual(ranked(...modes.toReversed()));
});

test('an answer about somebody else comes before a bare symptom of the target', () => {
  const other = mode('webhook', { weight: 'conclusive', subject: subject('Service', 'shop', 'webhook'), affects: [] });
  expect(ranked(mode('loop', {}, { role: 'symptom' }), other)).toEqual(['webhook 0.97 root', 'loop 0.3 root']);
});
