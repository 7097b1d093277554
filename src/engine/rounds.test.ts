import { expect, test } from 'vitest';
import { catalogue } from '../catalogue/index.generated.ts';
import { containerQueries } from '../domain/container-metrics.ts';
import { crashLooping, examplePod } from '../domain/example-objects.ts';
import { snapshotOf } from '../domain/example.ts';
import { assess } from '../reasoning/assess.ts';
import { thirdRound } from './rounds.ts';

const question = { alert: undefined, alertExpression: undefined, namespace: undefined, selector: undefined, lookBackMilliseconds: 0 };

function expressionsAsked(failingIn: readonly string[]): readonly string[] {
  const failing = failingIn.map((namespace, index) =>
    examplePod({ name: `cart-1-${index}`, namespace, isReady: false, status: crashLooping({ exitCode: 1 }) }),
  );
  const snapshot = snapshotOf({ pods: [examplePod({ name: 'well-1-a', namespace: 'calm' }), ...failing], metrics: [] });
  const requests = thirdRound(catalogue, snapshot.readings, assess(question, snapshot), snapshot.takenAt);
  return requests.flatMap((request) => request.metrics ?? []).map((metric) => metric.expression);
}

test('what containers use is asked for where something fails, and only there', () => {
  expect(expressionsAsked(['shop'])).toEqual(containerQueries('shop'));
});

test('where nothing fails the monitoring is left in peace', () => {
  expect(expressionsAsked([])).toEqual([]);
});

test('of many namespaces in trouble the fullest are measured', () => {
  const names = ['a', 'b', 'c', 'd', 'd', 'e', 'e'];
  expect(expressionsAsked(names)).toEqual([...containerQueries('d'), ...containerQueries('e'), ...containerQueries('a')]);
});
