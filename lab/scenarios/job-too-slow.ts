import { kubectl } from '../cluster/kubectl.ts';
import { inOwnNamespace, job } from '../framework/own-namespace.ts';

const namespace = 'archiving';

export const scenario = inOwnNamespace({
  name: 'job-too-slow',
  story: 'The archive has grown; the Job that copies it is not done within its deadline and is ended.',
  namespace,
  objects: [job('copy-archive', { container: { command: ['/bin/sleep', '3600'] }, spec: { activeDeadlineSeconds: 20 } })],
  symptom: async () => {
    await kubectl('wait', '--for=condition=Failed', 'job/copy-archive', `--namespace=${namespace}`, '--timeout=120s');
  },
  expectation: { outcome: 'explained', failureMode: 'job-deadline-exceeded', subject: { kind: 'Job', name: 'copy-archive' } },
});
