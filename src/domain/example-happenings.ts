import type { AlertVerdict, JudgedAlert } from './alert.ts';
import { claim } from './citation.ts';
import { minutesAgo, type RawObject } from './example.ts';

export interface ExampleEvent {
  readonly about: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly reason: string;
  readonly message: string;
  /** Default: Warning. */
  readonly type?: string;
  /** Default: 2. */
  readonly minutesAgo?: number;
  /** Default: 1. */
  readonly count?: number;
}

export function exampleEvent(of: ExampleEvent): RawObject {
  const at = minutesAgo(of.minutesAgo ?? 2);
  const namespace = of.about.namespace ?? (of.about.kind === 'Node' ? undefined : 'shop');
  return {
    kind: 'Event',
    metadata: { name: `${of.about.name}.${of.reason.toLowerCase()}`, namespace: namespace ?? 'default', creationTimestamp: at },
    type: of.type ?? 'Warning',
    reason: of.reason,
    message: of.message,
    count: of.count ?? 1,
    firstTimestamp: at,
    lastTimestamp: at,
    involvedObject: {
      kind: of.about.kind,
      name: of.about.name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `uid-${of.about.name}`,
    },
  };
}

/** A page about error rates that a second look judged so. */
export function exampleJudgedAlert(verdict: AlertVerdict, labels: { readonly [name: string]: string } = {}): JudgedAlert {
  return {
    alert: {
      source: 'alertmanager',
      name: 'ErrorRateHigh',
      summary: 'error rate above 5 %',
      labels: { alertname: 'ErrorRateHigh', ...labels },
      startedAt: Date.parse(minutesAgo(5)),
      state: 'firing',
      severity: 'critical',
      expression: undefined,
    },
    target: undefined,
    judgement: {
      verdict,
      because: [claim('The second look says so.', { of: { kind: 'alert', alert: 'ErrorRateHigh' }, shows: `firing, judged ${verdict}` })],
    },
  };
}
