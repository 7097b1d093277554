import { z } from 'zod';
import { parseInstant } from '../domain/instant.ts';
import { notThisForm, type PayloadReading } from './payload-reading.ts';
import { expressionInAddress, safeExpression, safeLabels, safeLine } from './safe-words.ts';
import { readTitle } from './title.ts';

const text = z.string().optional().catch(undefined);
/** The names that people and programs give these fields, most telling first. */
const plainObject = z.object({
  name: text,
  alertname: text,
  alert: text,
  title: text,
  summary: text,
  message: text,
  description: text,
  labels: z.unknown().optional(),
  namespace: text,
  service: text,
  severity: text,
  priority: text,
  state: text,
  status: text,
  startedAt: text,
  startsAt: text,
  activeAt: text,
  triggeredAt: text,
  expression: text,
  expr: text,
  query: text,
  generatorURL: text,
});

/** An object that somebody wrote by hand, or another notifier's: a name, and what else can be read of it. */
export function readPlainObject(json: unknown): PayloadReading {
  const shaped = plainObject.safeParse(json);
  if (!shaped.success) return notThisForm;
  const from = shaped.data;
  const labels = { ...safeLabels({ namespace: from.namespace, service: from.service }), ...safeLabels(from.labels) };
  const headline = [from.name, from.alertname, from.alert, labels['alertname'], from.title, from.summary, from.message, from.description]
    .map(safeLine)
    .find((line) => line !== undefined);
  if (headline === undefined || isKubernetesObject(json)) return notThisForm;
  const title = readTitle(headline);
  const said = (from.state ?? from.status ?? '').toLowerCase();
  return {
    state: 'read',
    alerts: [
      {
        source: 'description',
        name: title.name,
        summary: [from.summary, from.message, from.description, from.title].map(safeLine).find((line) => line !== undefined) ?? title.name,
        labels,
        startedAt: [from.startedAt, from.startsAt, from.activeAt, from.triggeredAt].map(parseInstant).find((at) => at !== undefined),
        state: ['resolved', 'ok', 'closed', 'inactive', 'recovered'].includes(said) ? 'resolved' : title.state,
        severity: (safeLine(from.severity) ?? labels['severity'] ?? title.severity ?? safeLine(from.priority))?.toLowerCase(),
        expression:
          safeExpression(from.expression) ??
          safeExpression(from.expr) ??
          safeExpression(from.query) ??
          expressionInAddress(from.generatorURL),
      },
    ],
  };
}

/** A saved Pod has a status and labels as well, but nobody was paged with it. */
function isKubernetesObject(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'apiVersion' in json && 'kind' in json;
}
