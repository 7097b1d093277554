import { z } from 'zod';
import type { Alert } from '../../domain/alert.ts';
import { isFiringOf } from '../../domain/same-alert.ts';
import type { AlertRuleReading } from '../../ports/alert-rules.ts';
import type { PrometheusClient } from './ask-prometheus.ts';

const ruleShape = z.object({
  type: z.string().optional(),
  name: z.string(),
  query: z.string(),
  state: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
});
const rulesShape = z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()) })) });

/**
 * The rule behind an alert. Several rules of one name differ by severity or threshold: the one whose labels agree with the
 * alert's and that fires is taken first.
 */
export async function findAlertRule(
  client: PrometheusClient,
  alert: Pick<Alert, 'name' | 'summary' | 'labels'>,
  signal: AbortSignal,
): Promise<AlertRuleReading> {
  const answer = await client.ask({ path: '/api/v1/rules', parameters: { type: 'alert' } }, signal);
  if (answer.state === 'failed') return { state: 'unreadable', detail: answer.detail };
  const shaped = rulesShape.safeParse(answer.data);
  if (!shaped.success) return { state: 'unreadable', detail: 'the list of rules is of another form than the Prometheus API gives' };
  const rules = shaped.data.groups.flatMap(({ rules: members }) => members.flatMap((member) => ruleShape.safeParse(member).data ?? []));
  const fitting = rules.filter(
    (rule) => rule.type !== 'recording' && isFiringOf(alert, { alert: rule.name, labels: withoutTemplates(rule.labels ?? {}) }),
  );
  const [best] = fitting.toSorted((left, right) => Number(right.state === 'firing') - Number(left.state === 'firing'));
  return best === undefined ? { state: 'none' } : { state: 'found', name: best.name, expression: best.query };
}

/** A label such as "{{ $labels.team }}" has its value only once the rule fires. */
function withoutTemplates(labels: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => !value.includes('{{')));
}
