import { errandImage, inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'personalisation';

export const scenario = inOwnNamespace({
  name: 'memory-growing',
  story: 'Both replicas keep a little more of every visitor and never let go; in a few minutes the kernel will kill them.',
  namespace,
  objects: [
    workload('profiles', {
      // 40 KiB each second are four fifths of the limit after twenty minutes, and all of it after twenty-five.
      container: { image: errandImage, args: ['hoard', '40'] },
      spec: { replicas: 2 },
    }),
  ],
  symptom: () => waitForAge({ of: ['deployment', 'profiles', `--namespace=${namespace}`], seconds: 1290 }),
  report: {
    alert: 'MemoryKeepsGrowing',
    summary: 'profiles uses more memory than on any day before',
    labels: { severity: 'warning', namespace, deployment: 'profiles' },
  },
  expectation: { outcome: 'explained', failureMode: 'memory-growth-toward-limit', subject: { kind: 'Deployment', name: 'profiles' } },
});
