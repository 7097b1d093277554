import { expect, test } from 'vitest';
import { defineFailureMode, withProof } from '../domain/failure-mode.ts';
import { writeExplanation, writeFailureModeList } from './explanation.ts';
import { plainPalette } from './layout.ts';

const layout = { columns: 70, palette: plainPalette };

const mode = defineFailureMode({
  id: 'lights-out',
  title: 'The lights are out',
  role: 'cause',
  explanation: {
    whatItIs: 'No light reaches the room.',
    howItLooks: 'Dark.',
    whyItHappens: 'Somebody pressed the switch.',
    whatStopsTheBleeding: 'A candle.',
    whatFixesIt: 'Press the switch again.',
    howToPreventIt: 'Label the switch.',
  },
  sources: ['https://example.com/switches'],
  needs: ['pods'],
  helpedBy: ['nodes', 'events'],
  explains: [],
  mitigations: ['light-a-candle'],
  recognise: () => [],
  recognises: [{ story: 'Somebody leaned on the switch.', given: {} }],
  isNotFooledBy: [{ story: 'It is night and everybody sleeps.', given: {} }],
});

test('a failure mode is explained with everything that its file says', () => {
  expect(writeExplanation(mode, layout).join('\n')).toBe(`━━ The lights are out ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ cause ━━
lights-out
unproven: its rule has examples only

What it is
  No light reaches the room.

How it looks
  Dark.

Why it happens
  Somebody pressed the switch.

What stops the bleeding
  A candle.

What fixes it
  Press the switch again.

How to prevent it
  Label the switch.

Recognised, for example, where
  · Somebody leaned on the switch.

Not to be confused with
  · It is night and everybody sleeps.

Evidence it needs
  · pods
  · and is helped by: nodes, events

Look by hand
  $ kubectl get pods -n NAMESPACE -o wide
  $ kubectl describe pod -n NAMESPACE POD

To be surer, or to rule it out
  $ kubectl get nodes -o wide
  $ kubectl describe node NODE
  $ kubectl get events -n NAMESPACE --sort-by=.metadata.creationTimestamp

Mitigations that fit
  · light-a-candle

Read more
  · https://example.com/switches`);
});

test('a mode that a real cluster has shown says so', () => {
  const [proven] = withProof([mode], ['lights-out']);

  expect(proven === undefined ? [] : writeExplanation(proven, layout)[2]).toBe('proven on a real cluster');
});

test('failure modes are listed in order of their names, the proven ones marked', () => {
  const other = { ...mode, id: 'door-shut', title: 'The door is shut' };

  expect(writeFailureModeList(withProof([mode, other], ['door-shut']), layout)).toEqual([
    'door-shut  ✓ The door is shut',
    'lights-out · The lights are out',
    '',
    '✓ proven on a real cluster: 1. · unproven, its rule has examples only:',
    '1.',
  ]);
});
