import { exampleEvent } from './example-happenings.ts';
import { examplePod } from './example-objects.ts';

/** A container that its liveness probe has just had restarted for the sixth time. */
export function restarted(livenessProbe: object, end: object = {}): ReturnType<typeof examplePod> {
  const last = { exitCode: 137, reason: 'Error', startedAt: '2026-03-01T09:57:00Z', finishedAt: '2026-03-01T09:57:20Z', ...end };
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    labels: { 'pod-template-hash': '7f9' },
    container: { ports: [{ containerPort: 8080 }], livenessProbe },
    status: { restartCount: 6, ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: last } },
  });
}

export function unhealthy(words: string): ReturnType<typeof exampleEvent> {
  return exampleEvent({
    about: { kind: 'Pod', name: 'cart-7f9-a' },
    reason: 'Unhealthy',
    message: `Liveness probe failed: ${words}`,
    count: 18,
  });
}

export function killing(): ReturnType<typeof exampleEvent> {
  return exampleEvent({
    about: { kind: 'Pod', name: 'cart-7f9-a' },
    reason: 'Killing',
    type: 'Normal',
    message: 'Container app failed liveness probe, will be restarted',
    count: 6,
  });
}
