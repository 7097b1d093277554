import { expect, test } from 'vitest';
import { factsOf } from '../reasoning/facts-of.ts';
import { snapshotOf } from './example.ts';
import { exampleProbe, exampleService } from './example-network.ts';
import { examplePod } from './example-objects.ts';
import { servicePaths } from './service-path.ts';

/** How many tries count as failed, where some of them time out. */
function failedOf(tries: readonly ('timed-out' | 'connected')[]): number | undefined {
  const facts = factsOf(
    snapshotOf({
      pods: [examplePod({ name: 'pay-1-a', node: 'node-1' })],
      services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] })],
      endpointslices: [],
      'connectivity-probes': tries.map((outcome) =>
        exampleProbe({ from: 'pay-1-a', node: 'node-1', host: '10.96.45.12', port: 5432, outcome }),
      ),
    }),
  );
  const replicas = facts.get('replicas');
  if (replicas === undefined) return undefined;
  const [path] = servicePaths({
    replicas,
    nodes: undefined,
    'log-clues': undefined,
    'service-backends': facts.get('service-backends'),
    'connectivity-probes': facts.get('connectivity-probes'),
  });
  return path?.failed.length;
}

test('a Service that never answers fails', () => {
  expect(failedOf(['timed-out', 'timed-out'])).toBe(2);
});

test('a Service that answers now and then has its rules', () => {
  expect(failedOf(['timed-out', 'connected', 'timed-out'])).toBe(0);
});
