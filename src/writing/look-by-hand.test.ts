import { describe, expect, test } from 'vitest';
import { catalogue } from '../catalogue/index.generated.ts';
import { defineFailureMode } from '../domain/failure-mode.ts';
import { lookByHand } from './look-by-hand.ts';

const mode = defineFailureMode({
  id: 'lights-out',
  title: 'The lights are out',
  role: 'cause',
  explanation: { whatItIs: '', howItLooks: '', whyItHappens: '', whatStopsTheBleeding: '', whatFixesIt: '', howToPreventIt: '' },
  sources: ['https://example.com/switches'],
  needs: ['service-backends'],
  helpedBy: ['node-reports', 'secrets', 'persistentvolumes', 'pods'],
  explains: [],
  mitigations: [],
  recognise: () => [],
  recognises: [
    {
      story: 'Somebody leaned on the switch.',
      given: { 'node-commands': [{ node: 'node-3', command: 'iptables-kube-services', output: '' }] },
    },
  ],
  isNotFooledBy: [{ story: 'It is night and everybody sleeps.', given: {} }],
});

describe('what a person would look at', () => {
  test('follows from what the rule needs, then from what makes it surer, each command once', () => {
    expect(lookByHand(mode)).toEqual({
      first: [
        'kubectl get services -n NAMESPACE -o wide',
        'kubectl get pods -n NAMESPACE -o wide',
        'kubectl describe pod -n NAMESPACE POD',
        'kubectl get endpointslices -n NAMESPACE -o wide',
      ],
      surer: [
        "ssh NODE 'sudo iptables -w 5 -t nat -n -L KUBE-SERVICES'",
        'kubectl get secrets -n NAMESPACE -o wide',
        'kubectl get persistentvolumes -o wide',
      ],
    });
  });

  test('is something for every failure mode, and never the value of a Secret', () => {
    const looks = catalogue.map((each) => ({ id: each.id, commands: [...lookByHand(each).first, ...lookByHand(each).surer] }));

    expect(looks.filter(({ commands }) => commands.length === 0).map(({ id }) => id)).toEqual([]);
    expect(looks.flatMap(({ commands }) => commands).filter((command) => /secret.*-o (yaml|json)/.test(command))).toEqual([]);
  });
});
