import { expect, test } from 'vitest';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import { exampleCall, exampleService } from '../domain/example-network.ts';
import { crashLooping, examplePod } from '../domain/example-objects.ts';
import { assess } from './assess.ts';
import { logsOfNeighbours } from './neighbours-to-hear.ts';

const question = { alert: undefined, alertExpression: undefined, namespace: undefined, selector: undefined, lookBackMilliseconds: 0 };

function heard(given: ExampleEvidence): readonly string[] {
  return logsOfNeighbours(assess(question, snapshotOf(given))).map(({ pod }) => pod);
}

const replica = (workload: string, name: string): ReturnType<typeof examplePod> =>
  examplePod({ name: `${workload}-7f9-${name}`, labels: { app: workload, 'pod-template-hash': '7f9' } });

const pods = [replica('till', 'a'), replica('pay', 'a'), replica('pay', 'b'), replica('pay', 'c'), replica('mail', 'a')];

test('both ends of calls that go wrong are listened to, two replicas of each, and nobody else', () => {
  const calls = [exampleCall('till', 'pay', { errors: [0.5, 0.001] }), exampleCall('till', 'mail', { errors: [0.001, 0.001] })];
  expect(heard({ pods, 'service-calls': calls })).toEqual(['till-7f9-a', 'pay-7f9-a', 'pay-7f9-b']);
});

test('whoever was listened to is not asked again', () => {
  const calls = [exampleCall('till', 'pay', { errors: [0.5, 0.001] })];
  const logs = ['till-7f9-a', 'pay-7f9-c'].map((pod) => ({ namespace: 'shop', pod, container: 'app', text: 'served' }));
  expect(heard({ pods, 'service-calls': calls, 'container-logs': logs })).toEqual([]);
});

test('whom a complaint names, and whom the settings of those who fail name, are listened to', () => {
  const env = [{ name: 'MAIL_URL', value: 'http://mail:8080' }];
  const failing = examplePod({ name: 'web-7f9-a', isReady: false, status: crashLooping({ exitCode: 1 }), container: { env } });
  const services = ['pay', 'mail', 'till'].map((name) => exampleService({ name, selector: { app: name } }));
  const text = 'dial tcp: lookup pay on 10.96.0.10:53: i/o timeout';
  const logs = [{ namespace: 'shop', pod: 'web-7f9-a', container: 'app', isPrevious: true, text }];
  expect(heard({ pods: [...pods, failing], services, 'container-logs': logs })).toEqual(['pay-7f9-a', 'pay-7f9-b', 'mail-7f9-a']);
});
