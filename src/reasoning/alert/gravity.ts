import type { Alert } from '../../domain/alert.ts';

/** Severities that say themselves that nobody needed to be woken, in the words of Prometheus mixins, PagerDuty and Opsgenie. */
const mildSeverities: ReadonlySet<string> = new Set([
  'warning',
  'warn',
  'info',
  'informational',
  'notice',
  'low',
  'minor',
  'none',
  'debug',
  'p3',
  'p4',
  'p5',
  'sev3',
  'sev4',
  'sev5',
]);

/** mild: said to be so. grave: said to be critical, or not said at all, since a page is grave until somebody says otherwise. */
export function gravityOf({ severity }: Pick<Alert, 'severity'>): 'grave' | 'mild' {
  return mildSeverities.has(severity ?? '') ? 'mild' : 'grave';
}
