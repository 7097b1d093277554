import type { Alert } from '../domain/alert.ts';

/** Knows the rules that the monitoring evaluates, for a page that does not carry its own expression. Never throws. */
export interface AlertRules {
  readonly ruleOf: (alert: Pick<Alert, 'name' | 'summary' | 'labels'>, signal: AbortSignal) => Promise<AlertRuleReading>;
}

export type AlertRuleReading =
  | { readonly state: 'found'; readonly name: string; readonly expression: string }
  /** Asked, and no rule is this alert's. */
  | { readonly state: 'none' }
  | { readonly state: 'unreadable'; readonly detail: string };
