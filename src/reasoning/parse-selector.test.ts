import { describe, expect, test } from 'vitest';
import { matchesSelector } from '../domain/label-selector.ts';
import { parseSelector } from './parse-selector.ts';

const labels = { app: 'cart', tier: 'web', 'app.kubernetes.io/name': 'cart', empty: '', replicas: '5' };

function selects(written: string): boolean | 'unreadable' {
  const selector = parseSelector(written);
  return selector === undefined ? 'unreadable' : matchesSelector(selector, labels);
}

describe('a selector is read as kubectl reads it', () => {
  test.each([
    ['app=cart', true],
    ['app==cart', true],
    ['app = cart', true],
    ['app!=cart', false],
    ['app!=mail', true],
    ['owner!=anybody', true],
    ['app', true],
    ['owner', false],
    ['!owner', true],
    ['! app', false],
    ['app.kubernetes.io/name=cart', true],
    ['empty=', true],
    ['empty=x', false],
    ['tier in (web, api)', true],
    ['tier notin (web)', false],
    ['tier in(api)', false],
    ['owner notin (a)', true],
    ['owner in (a,)', false],
    ['empty in ()', true],
    ['app=cart,tier in (web,api),!owner', true],
    ['app=cart,app=mail', false],
    ['replicas>4', true],
    ['replicas < 4', false],
  ])('%s', (written, answer) => {
    expect(selects(written)).toBe(answer);
  });
});

test.each([
  'a in (',
  'a in )',
  'a in (b',
  '',
  ',',
  'a=b,',
  'a=b,,c=d',
  '=b',
  'a=b c',
  'a b',
  '!',
  'a!',
  'a=(b)',
  'a=$(id)',
  'a in (b;c)',
  '-a=b',
  'a/b/c=d',
  'a>b',
  '__proto__=x',
])('what is no requirement is not dropped: %j', (written) => {
  expect(parseSelector(written)).toBeUndefined();
});

test('a name that every object inherits is no label', () => {
  expect(selects('constructor')).toBe(false);
  expect(selects('!toString')).toBe(true);
});

test('a long selector costs no more than its length', () => {
  expect(parseSelector(`${'a'.repeat(200_000)}!`)).toBeUndefined();
  expect(parseSelector('a in ('.repeat(1000))).toBeUndefined();
  expect(parseSelector(`${'a,'.repeat(4000)}a`)?.matchExpressions).toHaveLength(4001);
  expect(parseSelector(`${'a=b,'.repeat(30_000)}c`)).toBeUndefined();
});
