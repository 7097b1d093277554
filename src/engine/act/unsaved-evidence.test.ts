import { describe, expect, test } from 'vitest';
import type { ContainerLog, Gap, Reading } from '../../domain/evidence.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { type ExampleEvidence, minutesAgo, snapshotOf } from '../../domain/example.ts';
import { nightOfTheNode } from '../../domain/example-nights.ts';
import type { UnsavedEvidence } from '../../domain/incident-event.ts';
import { deletesTheOnlyEvidence } from '../../guard-rails/deletes-the-only-evidence.ts';
import { assess } from '../../reasoning/assess.ts';
import { type Doomed, unsavedEvidence } from './unsaved-evidence.ts';
import { nobodyAsked } from '../../domain/example-question.ts';

type Logs = Reading<'container-logs'>;

/** What of these pods could not be saved, where reading their logs gave this. */
function unsaved(pods: readonly string[], reading: Logs | undefined, given: ExampleEvidence = nightOfTheNode): readonly UnsavedEvidence[] {
  const assessment = assess(nobodyAsked, snapshotOf(given));
  const doomed = pods.map((name): Doomed => {
    const replica = assessment.facts.get('replicas')?.ofPod('shop', name);
    if (replica === undefined) throw new Error(`There is no ${name}.`);
    const wish = { namespace: 'shop', pod: name, container: 'app', tailLines: 10 };
    return {
      by: { kind: 'evict', namespace: 'shop', pod: name },
      replica,
      logs: [
        { ...wish, isPrevious: false },
        { ...wish, isPrevious: true },
      ],
    };
  });
  return unsavedEvidence(doomed, { reading, assessment, guardRails: [deletesTheOnlyEvidence] });
}

function log(pod: string): ContainerLog {
  return { namespace: 'shop', pod, container: 'app', isPrevious: false, lines: [] };
}

function gap(pod: string, because: Gap['because'], detail: string): Gap {
  return { what: `log of container app of pod shop/${pod}`, because, detail };
}

function read(value: readonly ContainerLog[], gaps: readonly Gap[]): Logs {
  return { state: 'read', at: 0, value, gaps };
}

function lost(name: string, because: string, isOnlyTrace: boolean): UnsavedEvidence {
  return { pod: { kind: 'Pod', namespace: 'shop', name }, because, isOnlyTrace };
}

const forbidden: Logs = { state: 'unreadable', because: 'forbidden', detail: 'pods/log is forbidden' };

describe('the last trace of a failure', () => {
  test('is lost where no log may be read', () => {
    expect(unsaved(['cart-new-a', 'cart-new-b'], forbidden)).toEqual([
      lost('cart-new-a', 'pods/log is forbidden', true),
      lost('cart-new-b', 'pods/log is forbidden', true),
    ]);
  });

  test('is kept with one log of its like', () => {
    const reading = read([log('cart-new-b')], [gap('cart-new-a', 'timed-out', 'the kubelet took too long')]);
    expect(unsaved(['cart-new-a', 'cart-new-b'], reading)).toEqual([lost('cart-new-a', 'the kubelet took too long', false)]);
  });

  test('is not with a pod that is well', () => {
    expect(unsaved(['cart-new-c'], forbidden)).toEqual([lost('cart-new-c', 'pods/log is forbidden', false)]);
  });

  test('is not destroyed on a node that does not answer: nobody can read it, and the cluster gives its pods up by itself', () => {
    const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: minutesAgo(3) }];
    const silent = exampleNode({ name: 'node-3', status: { conditions } });
    const nodes = [...(nightOfTheNode.nodes ?? []).slice(0, 2), silent];
    const unreachable: Logs = { state: 'unreadable', because: 'unreachable', detail: 'dial tcp: connection refused' };
    expect(unsaved(['cart-new-a'], unreachable, { ...nightOfTheNode, nodes })).toEqual([
      lost('cart-new-a', 'dial tcp: connection refused', false),
    ]);
  });
});

describe('nothing is lost', () => {
  test.each<[string, Logs | undefined]>([
    ['where everything was read, though it was empty', read([log('cart-new-a')], [])],
    ['where the pod is gone already', { state: 'unreadable', because: 'unsupported', detail: 'pods "cart-new-a" not found' }],
    ['where the pod is gone already, and another log was read', read([log('other')], [gap('cart-new-a', 'unsupported', 'not found')])],
    ['where no log was asked for', undefined],
  ])('%s', (_where, reading) => {
    expect(unsaved(['cart-new-a'], reading)).toEqual([]);
  });
});
