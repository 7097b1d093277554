import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Policy, usualPolicy } from '../domain/policy.ts';
import { mitigations } from '../mitigations/index.generated.ts';
import { parsePolicy } from './parse-policy.ts';
import type { YamlProblem } from '../strict-yaml/yaml-problem.ts';
import { everyKey } from './policy-shape.ts';

const known = { mitigations: ['cordon-node', 'scale-out'] };
const rule = `
  - name: nights
    mitigations: [cordon-node]
    namespaces: [payments]
    attempts: { most: 2, withinMinutes: 60 }`;

function policyText(rules = '', rest = ''): string {
  return `schema: stanch.dev/policy/v1\n${rules === '' ? '' : `rules:${rules}\n`}${rest}`;
}

function parsed(text: string): Policy {
  const outcome = parsePolicy(text, known);
  if (outcome.state === 'refused') throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

function problems(text: string): readonly YamlProblem[] {
  const outcome = parsePolicy(text, known);
  return outcome.state === 'refused' ? outcome.problems : [];
}

const page = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
const example = /<!-- example: begin -->\n```yaml\n([\s\S]*?)```\n<!-- example: end -->/.exec(page)?.[1] ?? '';

test('the example of the documentation is read as it says', () => {
  expect(parsePolicy(example, { mitigations: mitigations.map(({ id }) => id) })).toEqual({
    state: 'parsed',
    value: {
      rules: [
        {
          name: 'move payments off a bad node',
          mitigations: ['cordon-node', 'scale-out'],
          purposes: ['mitigate'],
          namespaces: ['payments', 'shop-*'],
          nodes: ['worker-*'],
          clusters: ['production-eu'],
          attempts: { most: 2, withinMinutes: 60 },
          isWithoutEvidence: true,
        },
        {
          name: 'give kube-proxy the memory that it needs',
          mitigations: ['raise-memory-limit'],
          purposes: ['repair'],
          namespaces: ['kube-system'],
          nodes: 'any',
          clusters: 'any',
          attempts: { most: 1, withinMinutes: 1440 },
          hours: {
            days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
            fromMinute: 540,
            untilMinute: 1050,
            timeZone: 'Europe/Berlin',
          },
          repairConfidence: 0.8,
        },
      ],
      limits: { mostCordonedNodes: 1, protectedNamespaces: ['billing', 'vault-*'], deletion: 'never' },
      probing: { nodeAccess: 'debug-pod', canExec: true },
    },
  });
});

test('the example names every key, and every key that there is can be guessed from a slip', () => {
  const keys = [...example.matchAll(/^\s*(?:- )?(\w+):|[{,] (\w+):/gm)].map(([, one, other]) => one ?? other);
  expect(new Set(everyKey)).toEqual(new Set(keys));
});

describe('left out means', () => {
  test('nothing but the schema: the usual policy', () => {
    expect(parsed(policyText())).toEqual(usualPolicy);
    expect(parsed(`\ufeff${policyText('', 'limits: {}\nprobing: {}\n')}`)).toEqual(usualPolicy);
  });

  test('in a rule: to mitigate, on any node, in any cluster, at any time', () => {
    expect(parsed(policyText(rule)).rules).toEqual([
      {
        name: 'nights',
        mitigations: ['cordon-node'],
        purposes: ['mitigate'],
        namespaces: ['payments'],
        nodes: 'any',
        clusters: 'any',
        attempts: { most: 2, withinMinutes: 60 },
      },
    ]);
  });
});

describe('hours', () => {
  const hoursOf = (text: string): unknown => parsed(policyText(`${rule}\n    hours: ${text}`)).rules[0]?.hours;

  test.each([
    ['{ days: [sunday, MON], from: 9:00, until: "17:30", timeZone: UTC }', ['Monday', 'Sunday'], 540, 1050],
    ['{ days: [Sat, Saturday], from: "22:00", until: "06:00", timeZone: UTC }', ['Saturday'], 1320, 360],
    ['{ days: [Sat], from: "20:00", until: "00:00", timeZone: UTC }', ['Saturday'], 1200, 1440],
    ['{ days: [Sat], from: "00:00", until: "24:00", timeZone: UTC }', ['Saturday'], 0, 1440],
  ])('%s', (text, days, fromMinute, untilMinute) => {
    expect(hoursOf(text)).toEqual({ days, fromMinute, untilMinute, timeZone: 'UTC' });
  });

  test.each([
    ['{ from: "09:00", until: "09:00", timeZone: UTC }', 'until', 'it is the same as from; leave hours out for any time'],
    ['{ from: "24:00", until: "09:00", timeZone: UTC }', 'from', 'the day is over at 24:00; hours begin earlier'],
    ['{ from: "9", until: "09:00", timeZone: UTC }', 'from', 'it should be a time of day, for example "09:00" or "17:30"'],
    ['{ from: "09:60", until: "10:00", timeZone: UTC }', 'from', 'it should be a time of day, for example "09:00" or "17:30"'],
    ['{ from: "09:00", until: "24:01", timeZone: UTC }', 'until', 'it should be a time of day, for example "09:00" or "17:30"'],
    ['{ from: 540, until: "10:00", timeZone: UTC }', 'from', 'it should be text'],
    ['{ from: "09:00", until: "10:00" }', 'timeZone', 'it is missing'],
    [
      '{ from: "09:00", until: "10:00", timeZone: Europe/Nowhere }',
      'timeZone',
      'there is no such time zone; write for example Europe/Berlin',
    ],
    ['{ from: "09:00", until: "10:00", timeZone: "" }', 'timeZone', 'there is no such time zone; write for example Europe/Berlin'],
    ['{ days: [], from: "09:00", until: "10:00", timeZone: UTC }', 'days', 'it is empty'],
  ])('%s: %s: %s', (text, key, says) => {
    expect(problems(policyText(`${rule}\n    hours: ${text}`))).toEqual([{ line: 7, at: `rules[0].hours.${key}`, says }]);
  });
});

describe('refused, with its line and its place', () => {
  test.each<[string, string, number, string, string]>([
    ['an unknown key', policyText('', 'limit: {}\n'), 2, 'limit', 'there is no such key; did you mean limits?'],
    ['a key in another place', policyText(`${rule}\n    cordonedNodes: 1`), 7, 'rules[0].cordonedNodes', 'there is no such key here'],
    ['another schema', 'schema: stanch.dev/policy/v2\n', 1, 'schema', 'it should be stanch.dev/policy/v1'],
    ['no schema', 'rules: []\n', 1, 'schema', 'it should be stanch.dev/policy/v1'],
    ['a list', '- schema: stanch.dev/policy/v1\n', 1, '', 'it should be a group of keys'],
    ['rules without any', 'schema: stanch.dev/policy/v1\nrules:\n', 2, 'rules', 'it is empty'],
    [
      'an unknown mitigation',
      policyText(rule.replace('cordon-node', 'cordon-nodes')),
      4,
      'rules[0].mitigations[0]',
      'there is no mitigation cordon-nodes; did you mean cordon-node?',
    ],
    [
      'a name in place of a list',
      policyText(rule.replace('[payments]', 'payments')),
      5,
      'rules[0].namespaces',
      'it should be a list, for example [payments], or any',
    ],
    [
      'an empty list',
      policyText(rule.replace('[payments]', '[]')),
      5,
      'rules[0].namespaces',
      'an empty list allows nothing; leave the rule out',
    ],
    [
      'any among others',
      policyText(rule.replace('[payments]', '[payments, any]')),
      5,
      'rules[0].namespaces',
      '"any" stands alone: namespaces: any',
    ],
    [
      'no namespaces at all',
      policyText(rule.replace('namespaces: [payments]', 'purposes: [mitigate]')),
      3,
      'rules[0].namespaces',
      'it is missing; name the namespaces in a list, or write namespaces: any',
    ],
    [
      'a name that no namespace can have',
      policyText(rule.replace('payments', 'Payments_EU')),
      5,
      'rules[0].namespaces[0]',
      'it cannot be the name of a namespace: lower-case letters, digits and hyphens, and * for any characters',
    ],
    ['no attempts at all', policyText(rule.replace('most: 2', 'most: 0')), 6, 'rules[0].attempts.most', 'it should be 1 or more'],
    ['half an attempt', policyText(rule.replace('most: 2', 'most: 0.5')), 6, 'rules[0].attempts.most', 'it should be a whole number'],
    ['a budget of a year', policyText(rule.replace('60', '525600')), 6, 'rules[0].attempts.withinMinutes', 'it should be 44640 or less'],
    ['the same name twice', policyText(`${rule}${rule}`), 7, 'rules[1].name', 'another rule has the same name'],
    ['an empty name', policyText(rule.replace('nights', '" "')), 3, 'rules[0].name', 'it is empty'],
    ['another purpose', policyText(`${rule}\n    purposes: [destroy]`), 7, 'rules[0].purposes[0]', 'it should be mitigate or repair'],
    [
      'a repair without a bound',
      policyText(`${rule}\n    purposes: [repair]`),
      3,
      'rules[0]',
      'a rule that repairs says how sure the diagnosis has to be, for example repairConfidence: 0.8',
    ],
    [
      'a bound without a repair',
      policyText(`${rule}\n    repairConfidence: 0.8`),
      7,
      'rules[0].repairConfidence',
      'it is only for rules whose purposes name repair',
    ],
    [
      'a bound in per cent',
      policyText(`${rule}\n    purposes: [repair]\n    repairConfidence: 80`),
      8,
      'rules[0].repairConfidence',
      'it should be 1 or less',
    ],
    ['a limit that is no number', policyText('', 'limits:\n  cordonedNodes: one\n'), 3, 'limits.cordonedNodes', 'it should be a number'],
    [
      'another word for never',
      policyText('', 'limits:\n  deletion: no\n'),
      3,
      'limits.deletion',
      'it should be never or where-eviction-cannot-serve',
    ],
    ['yes in place of true', policyText('', 'probing:\n  exec: yes\n'), 3, 'probing.exec', 'it should be true or false'],
  ])('%s', (_, text, line, at, says) => {
    expect(problems(text)).toEqual([{ line, at, says }]);
  });

  test.each<[string, string, YamlProblem]>([
    ['an empty file', ' \n', { at: '', says: 'it is empty' }],
    ['nothing but a comment', '# to be written\n', { at: '', says: 'it is empty' }],
    ['two documents', `${policyText()}---\n${policyText()}`, { at: '', says: 'it holds several documents; one file is one policy' }],
    [
      'a key that is given twice',
      policyText('', 'limits: {}\nlimits: {}\n'),
      { line: 3, at: '', says: 'it is no valid YAML: duplicated mapping key' },
    ],
    [
      'anchors',
      policyText('', 'limits: &one {}\nprobing: *one\n'),
      { line: 3, at: '', says: 'anchors and aliases are not understood; write it out' },
    ],
    ['broken YAML', policyText('', 'limits: {\n'), { line: 3, at: '', says: 'it is no valid YAML: deficient indentation' }],
  ])('%s', (_, text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  test('everything at once, in the order of the file', () => {
    expect(
      problems(policyText(rule.replace('cordon-node', 'x').replace('most: 2', 'mots: 2'), 'other: 1\n')).map(({ line, at }) => [line, at]),
    ).toEqual([
      [4, 'rules[0].mitigations[0]'],
      [6, 'rules[0].attempts.most'],
      [6, 'rules[0].attempts.mots'],
      [7, 'other'],
    ]);
  });
});

test('mitigations are taken as they are where nobody knows which there are', () => {
  expect(parsePolicy(policyText(rule.replace('cordon-node', 'of-tomorrow')))).toMatchObject({ state: 'parsed' });
});

test('no text makes the reader throw, and what it takes has only known keys', () => {
  const lines = [
    ...example.split('\n'),
    '- a',
    '? b',
    '<<: {}',
    'a: *b',
    '!!binary x',
    '\t',
    '__proto__: 1',
    'rules: {}',
    '"\ud800"',
    '%YAML 1.1',
    '...',
    '---',
  ];
  const mixed = fc.array(fc.oneof(fc.constantFrom(...lines), fc.string()), { maxLength: 40 }).map((each) => each.join('\n'));
  fc.assert(
    fc.property(
      fc.oneof(
        mixed,
        fc.string(),
        mixed.map((each) => `schema: stanch.dev/policy/v1\n${each}`),
      ),
      (text) => {
        const outcome = parsePolicy(text);
        expect(outcome.state === 'parsed' ? Object.keys(outcome.value) : outcome.problems.length > 0).toEqual(
          outcome.state === 'parsed' ? ['rules', 'limits', 'probing'] : true,
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('without any one of its lines the example allows no more than it says, or is refused', () => {
  const lines = example.split('\n');
  for (const index of lines.keys()) {
    const outcome = parsePolicy(lines.toSpliced(index, 1).join('\n'));
    const rules = outcome.state === 'parsed' ? outcome.value.rules : [];
    for (const { namespaces, mitigations: allowed } of rules) expect([namespaces, allowed]).not.toContain('any');
  }
});
