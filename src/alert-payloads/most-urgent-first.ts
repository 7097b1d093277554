import type { Alert } from '../domain/alert.ts';

/** More alerts than anybody reads; a storm beyond that says no more. */
const keptAlerts = 500;

const gravest = ['emergency', 'disaster', 'page', 'critical', 'p1', 'sev1', 'high', 'error', 'p2', 'sev2', 'major'];
const mildest = ['warning', 'warn', 'medium', 'p3', 'sev3', 'minor', 'low', 'p4', 'sev4', 'p5', 'sev5', 'info', 'informational', 'none'];

/**
 * What fires before what is over, the graver before the milder, and the older before the newer: in a storm the first alert is
 * nearest to the cause. Equal ones keep their order.
 */
export function mostUrgentFirst(alerts: readonly Alert[]): readonly Alert[] {
  const ordered = alerts.toSorted(
    (left, right) =>
      Number(left.state !== 'firing') - Number(right.state !== 'firing') || gravity(left) - gravity(right) || since(left) - since(right),
  );
  return ordered.slice(0, keptAlerts);
}

/** Unknown words stand between grave and mild. */
function gravity(alert: Alert): number {
  const severity = alert.severity ?? '';
  const grave = gravest.indexOf(severity);
  if (grave >= 0) return grave - gravest.length;
  return mildest.indexOf(severity) + 1;
}

function since(alert: Alert): number {
  return alert.startedAt ?? Number.MAX_SAFE_INTEGER;
}
