import { expect, test } from 'vitest';
import { factsOf } from '../reasoning/facts-of.ts';
import { type ExampleEvidence, minutesAgo, snapshotOf } from './example.ts';
import { exampleEvent } from './example-happenings.ts';
import { exampleDeployment, exampleRefusal } from './example-objects.ts';
import { refusedCreations } from './refused-creations.ts';

function refused(given: ExampleEvidence): readonly string[] {
  const facts = factsOf(snapshotOf(given));
  const lists = {
    deployments: facts.get('deployments'),
    replicasets: facts.get('replicasets'),
    statefulsets: facts.get('statefulsets'),
    daemonsets: facts.get('daemonsets'),
    jobs: facts.get('jobs'),
    events: facts.get('events'),
  };
  return refusedCreations({ now: facts.now, ...lists }).map(
    (each) => `${each.workload.kind} ${each.workload.name} ${each.missing}: ${each.words}`,
  );
}

test('a ReplicaSet and its Deployment say the same once, about the Deployment', () => {
  expect(refused(exampleRefusal('exceeded quota'))).toEqual(['Deployment cart 2: exceeded quota']);
  expect(refused({ deployments: exampleRefusal('exceeded quota').deployments })).toEqual(['Deployment cart 2: exceeded quota']);
});

test('an event counts only while pods are missing', () => {
  const event = exampleEvent({ about: { kind: 'ReplicaSet', name: 'cart-5d4f8c7b9' }, reason: 'FailedCreate', message: 'denied' });
  const complete = exampleDeployment({ name: 'cart' }).replicaSet;
  expect(refused({ replicasets: [complete], events: [event] })).toEqual([]);
  expect(refused({ replicasets: [{ ...complete, status: { replicas: 1 } }], events: [event] })).toEqual(['Deployment cart 1: denied']);
});

test('other controllers are heard by their events', () => {
  const about = (kind: string): ReturnType<typeof exampleEvent> =>
    exampleEvent({ about: { kind, name: 'own' }, reason: 'FailedCreate', message: 'denied' });
  const metadata = { name: 'own', namespace: 'shop', uid: 'uid-own' };
  expect(refused({ statefulsets: [{ metadata, spec: { replicas: 3 }, status: { replicas: 1 } }], events: [about('StatefulSet')] })).toEqual(
    ['StatefulSet own 2: denied'],
  );
  expect(
    refused({ daemonsets: [{ metadata, status: { desiredNumberScheduled: 3, currentNumberScheduled: 2 } }], events: [about('DaemonSet')] }),
  ).toEqual(['DaemonSet own 1: denied']);
  expect(refused({ jobs: [{ metadata, spec: {}, status: {} }], events: [about('Job')] })).toEqual(['Job own 1: denied']);
  expect(refused({ jobs: [{ metadata, spec: { suspend: true }, status: {} }], events: [about('Job')] })).toEqual([]);
  expect(
    refused({
      jobs: [
        {
          metadata,
          spec: {},
          status: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: minutesAgo(3) }] },
        },
      ],
      events: [about('Job')],
    }),
  ).toEqual([]);
});
