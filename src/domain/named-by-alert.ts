import type { Alert } from './alert.ts';

/** Labels that say where the monitoring stands and not whom the page is about. */
const monitoringLabels: ReadonlySet<string> = new Set([
  'alertname',
  'severity',
  'prometheus',
  'cluster',
  'namespace',
  'instance',
  'endpoint',
  'receiver',
  'team',
  'job_type',
]);

/** True where the page names one of these, by a label or as a whole word of its text, and no other namespace. */
export function isNamedByAlert(
  alert: Alert | undefined,
  of: { readonly namespace: string | undefined; readonly names: readonly string[] },
): boolean {
  if (alert === undefined) return false;
  const place = alert.labels['namespace'] ?? alert.labels['kubernetes_namespace'] ?? alert.labels['exported_namespace'];
  if (place !== undefined && of.namespace !== undefined && place !== of.namespace) return false;
  const labels = Object.entries(alert.labels)
    .filter(([label]) => !monitoringLabels.has(label))
    .map(([, value]) => value);
  const words = `${alert.name} ${alert.summary}`.split(/[^A-Za-z0-9.-]+/).map((word) => word.replace(/[.-]+$/, ''));
  return of.names.some((name) => labels.includes(name) || words.includes(name));
}
