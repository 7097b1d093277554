import { expect, test } from 'vitest';
import { type Claim, claim } from '../domain/citation.ts';
import { type AnyFailureMode, defineFailureMode, type Finding } from '../domain/failure-mode.ts';
import { candidate, explanations } from './explains.ts';
import { type Subject, subject } from '../domain/subject.ts';
import { traceCascade } from './trace-cascade.ts';

const seen = (name: string): Claim => claim(`${name}.`, { of: { kind: 'object', resource: 'pods', namespace: 'shop', name }, shows: name });
const node = subject('Node', undefined, 'node-3');
const cart = subject('Deployment', 'shop', 'cart');
const mail = subject('Deployment', 'shop', 'mail');

function mode(id: string, explains: readonly string[] = []): AnyFailureMode {
  const prose = { whatItIs: id, howItLooks: id, whyItHappens: id, whatStopsTheBleeding: id, whatFixesIt: id, howToPreventIt: id };
  return defineFailureMode({
    id,
    title: id,
    role: 'cause',
    explanation: prose,
    sources: ['https://kubernetes.io/'],
    needs: ['pods'],
    helpedBy: [],
    explains,
    mitigations: [],
    recognise: () => [],
    recognises: [{ story: '', given: {} }],
    isNotFooledBy: [{ story: '', given: {} }],
  });
}

function finding(of: Subject, pods: readonly string[], more: Partial<Finding> = {}): Finding {
  return { subject: of, weight: 'strong', because: [seen(of.name)], affects: pods.map((name) => subject('Pod', 'shop', name)), ...more };
}

function arrows(...found: readonly (readonly [AnyFailureMode, Finding])[]): readonly string[] {
  const candidates = found.map(([of, what]) => candidate(of, what));
  return traceCascade(0, candidates, explanations(candidates)).map((step) => `${step.from} → ${step.to}`);
}

test('what follows from a cause goes on where its own steps end, so that it reads as one chain', () => {
  const steps = [
    { from: 'little memory', to: 'it is killed', because: [seen('kernel')] as const },
    { from: 'it is killed', to: 'rules are missing', because: [seen('rules')] as const },
  ];

  expect(
    arrows(
      [mode('proxy', ['refused']), finding(node, ['a'], { steps })],
      [mode('refused', ['loop']), finding(cart, ['a'])],
      [mode('loop'), finding(mail, ['a'])],
    ),
  ).toEqual([
    'little memory → it is killed',
    'it is killed → rules are missing',
    'rules are missing → refused (Deployment shop/cart)',
    'refused (Deployment shop/cart) → loop (Deployment shop/mail)',
  ]);
});

test('what rests on the same evidence as the cause was told by its own steps, and the chain goes on past it', () => {
  const steps = [{ from: 'rules are missing', to: 'no connections', because: [seen('cart')] as const }];

  expect(
    arrows(
      [mode('proxy', ['refused']), finding(node, ['a'], { steps })],
      [mode('refused', ['loop']), finding(cart, ['a'])],
      [mode('loop'), finding(mail, ['a'])],
    ),
  ).toEqual(['rules are missing → no connections', 'no connections → loop (Deployment shop/mail)']);
});

test('what rests on the same evidence and on more was told as well, and does not stand behind what it brings about', () => {
  const steps = [{ from: 'it is killed', to: 'no connections', because: [seen('cart')] as const }];
  const because = [claim('cart is killed at its limit.', ...seen('cart').citing, ...seen('limit').citing)] as const;

  expect(
    arrows(
      [mode('proxy', ['killed']), finding(node, ['a'], { steps })],
      [mode('killed', ['loop']), finding(cart, ['a'], { because })],
      [mode('loop'), finding(mail, ['a'])],
    ),
  ).toEqual(['it is killed → no connections', 'no connections → loop (Deployment shop/mail)']);
});

test('where it branches, each branch begins where they part', () => {
  expect(
    arrows(
      [mode('proxy', ['left', 'right']), finding(node, ['a', 'b'])],
      [mode('left'), finding(cart, ['a'])],
      [mode('right'), finding(mail, ['b'])],
    ),
  ).toEqual(['proxy (Node node-3) → left (Deployment shop/cart)', 'proxy (Node node-3) → right (Deployment shop/mail)']);
});
