import { kubectl } from '../cluster/kubectl.ts';
import { inOwnNamespace, job } from '../framework/own-namespace.ts';

const namespace = 'ledger-close';

export const scenario = inOwnNamespace({
  name: 'job-gives-up',
  story: 'The nightly export ends with an error each time; after its second try the Job gives up.',
  namespace,
  objects: [
    job('export', {
      container: { command: ['/bin/sh', '-c', 'echo export: 3 of 41 accounts do not balance; exit 4'] },
      spec: { backoffLimit: 1 },
    }),
  ],
  symptom: async () => {
    await kubectl('wait', '--for=condition=Failed', 'job/export', `--namespace=${namespace}`, '--timeout=120s');
  },
  expectation: { outcome: 'explained', failureMode: 'job-backoff-limit', subject: { kind: 'Job', name: 'export' } },
});
