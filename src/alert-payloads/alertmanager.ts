import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { parseInstant } from '../domain/instant.ts';
import { notThisForm, type PayloadReading } from './payload-reading.ts';
import { expressionInAddress, safeLabels, safeLine } from './safe-words.ts';

const words = z.record(z.string(), z.unknown()).optional().catch(undefined);
const text = z.string().optional().catch(undefined);

/** One alert as the webhook, Alertmanager's API v2 and Prometheus's API v1 carry it. */
const alertShape = z.object({
  labels: z.record(z.string(), z.unknown()),
  annotations: words,
  startsAt: text,
  activeAt: text,
  endsAt: text,
  generatorURL: text,
  state: text,
  status: z
    .union([z.string(), z.object({ state: z.string() })])
    .optional()
    .catch(undefined),
});
type AlertShape = z.infer<typeof alertShape>;

const webhook = z.object({ alerts: z.array(z.unknown()), status: text, commonLabels: words, commonAnnotations: words });
const prometheusAnswer = z.object({ status: z.literal('success'), data: z.object({ alerts: z.array(z.unknown()) }) });

/** Alertmanager's webhook (version 4, also as Grafana sends it), its list at /api/v2/alerts, and Prometheus's at /api/v1/alerts. */
export function readAlertmanager(json: unknown): PayloadReading {
  const group = groupOf(json);
  if (group === undefined) return notThisForm;
  const shaped = group.items.flatMap((item) => alertShape.safeParse(item).data ?? []);
  // A pending alert has not fired; it only counts where nothing else does.
  const fired = shaped.filter((item) => item.state !== 'pending');
  if (shaped.length > 0) return { state: 'read', alerts: (fired.length > 0 ? fired : shaped).map((item) => alertOf(item, group)) };
  // A list of something else is for other readers; an object with "alerts" is nothing but this form.
  if (group.isBareList && group.items.length > 0) return notThisForm;
  const happened = group.items.length === 0 ? 'its list of alerts is empty' : `none of its ${group.items.length} alerts has labels`;
  return { state: 'refused', happened, whatToDo: 'Give a payload with at least one alert.' };
}

interface Group {
  readonly items: readonly unknown[];
  readonly isBareList: boolean;
  readonly status: string | undefined;
  readonly commonLabels: unknown;
  readonly commonAnnotations: unknown;
}

function groupOf(json: unknown): Group | undefined {
  const lone = { status: undefined, commonLabels: undefined, commonAnnotations: undefined };
  if (Array.isArray(json)) return { ...lone, items: json, isBareList: true };
  const answer = prometheusAnswer.safeParse(json);
  if (answer.success) return { ...lone, items: answer.data.data.alerts, isBareList: false };
  const sent = webhook.safeParse(json);
  if (!sent.success) return undefined;
  const { alerts: items, status, commonLabels, commonAnnotations } = sent.data;
  return { items, isBareList: false, status, commonLabels, commonAnnotations };
}

function alertOf(from: AlertShape, group: Group): Alert {
  const labels = { ...safeLabels(group.commonLabels), ...safeLabels(from.labels) };
  const annotations: { readonly [name: string]: unknown } = { ...wordsIn(group.commonAnnotations), ...from.annotations };
  const summary = [annotations['summary'], annotations['message'], annotations['title'], annotations['description']]
    .map(safeLine)
    .find((line) => line !== undefined);
  const name = labels['alertname'] ?? summary ?? 'alert without a name';
  return {
    source: 'alertmanager',
    name,
    summary: summary ?? name,
    labels,
    startedAt: parseInstant(from.startsAt) ?? parseInstant(from.activeAt),
    state: isResolved(from, group) ? 'resolved' : 'firing',
    severity: labels['severity']?.toLowerCase(),
    expression: expressionInAddress(from.generatorURL),
  };
}

function wordsIn(raw: unknown): { readonly [name: string]: unknown } {
  return typeof raw === 'object' && raw !== null ? { ...raw } : {};
}

function isResolved(from: AlertShape, group: Group): boolean {
  const said = typeof from.status === 'string' ? from.status : (from.status?.state ?? from.state ?? group.status);
  return said?.toLowerCase() === 'resolved' || said?.toLowerCase() === 'inactive';
}
