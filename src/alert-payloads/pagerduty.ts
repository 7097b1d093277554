import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { parseInstant } from '../domain/instant.ts';
import { readAlertmanagerText, type TemplatedAlert } from './alertmanager-text.ts';
import { notThisForm, type PayloadReading } from './payload-reading.ts';
import { expressionInAddress, safeExpression, safeLabels, safeLine } from './safe-words.ts';
import { readTitle } from './title.ts';

const text = z.string().optional().catch(undefined);
const named = z.object({ summary: text, name: text }).optional().catch(undefined);
const channel = z
  .object({ details: z.unknown().optional(), cef_details: z.unknown().optional(), client_url: text, description: text })
  .optional()
  .catch(undefined);
const body = z.object({ details: z.unknown().optional(), cef_details: z.unknown().optional() }).optional().catch(undefined);

const incidentShape = z.object({
  title: text,
  summary: text,
  description: text,
  status: text,
  created_at: text,
  urgency: text,
  service: named,
  priority: named,
  client_url: text,
  body,
  custom_details: z.unknown().optional(),
  details: z.unknown().optional(),
  first_trigger_log_entry: z.object({ channel, event_details: z.unknown().optional() }).optional().catch(undefined),
  trigger_summary_data: z.unknown().optional(),
  alerts: z
    .array(z.object({ body }).catch({ body: undefined }))
    .optional()
    .catch(undefined),
});
type Incident = z.infer<typeof incidentShape>;

const webhookV3 = z.object({
  event: z.object({ event_type: z.string(), resource_type: text, occurred_at: text, data: z.unknown().optional() }),
});
const nested = z.object({ incident: incidentShape });
const webhookV2 = z.object({
  messages: z
    .array(z.object({ event: text, incident: incidentShape, log_entries: z.array(z.object({ channel })).optional().catch(undefined) }))
    .min(1),
});
const eventV2 = z.object({
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  client_url: text,
  payload: z
    .object({ summary: text, source: text, severity: text, timestamp: text, component: text, custom_details: z.unknown().optional() })
    .optional(),
});

/** PagerDuty's V3 webhook, its V2 webhook, an incident from its REST API, and an event as sent to its Events API v2. */
export function readPagerDuty(json: unknown): PayloadReading {
  const sent = webhookV3.safeParse(json);
  if (sent.success) return readWebhook(sent.data.event);
  const old = webhookV2.safeParse(json);
  if (old.success) {
    return read(
      old.data.messages.flatMap(({ event, incident, log_entries: entries }) =>
        alertsOf(incident, {
          isResolved: event === 'incident.resolve',
          occurredAt: undefined,
          more: entries?.map((entry) => entry.channel?.details) ?? [],
        }),
      ),
    );
  }
  const event = eventV2.safeParse(json);
  if (event.success) return readEvent(event.data);
  const fromApi = nested.safeParse(json);
  return fromApi.success && fromApi.data.incident.title !== undefined ? read(alertsOf(fromApi.data.incident, unspoken)) : notThisForm;
}

function read(alerts: readonly Alert[]): PayloadReading {
  return { state: 'read', alerts };
}

type Event = z.infer<typeof webhookV3>['event'];

function readWebhook(event: Event): PayloadReading {
  if (event.event_type === 'pagey.ping')
    return {
      state: 'refused',
      happened: "it is PagerDuty's test event, which tells of no incident",
      whatToDo: 'Trigger an incident, or give its event.',
    };
  const around = { isResolved: event.event_type === 'incident.resolved', occurredAt: event.occurred_at, more: [] };
  const inside = nested.safeParse(event.data);
  const incident = incidentShape.safeParse(inside.success ? inside.data.incident : event.data);
  const alerts = incident.success ? alertsOf(incident.data, around) : [];
  if (alerts.length > 0) return read(alerts);
  return {
    state: 'refused',
    happened: `its event of type ${safeLine(event.event_type) ?? 'unknown'} has no title, so it tells of no incident`,
    whatToDo: 'Give an event such as incident.triggered.',
  };
}

interface Around {
  readonly isResolved: boolean;
  readonly occurredAt: string | undefined;
  /** Further places where details can be. */
  readonly more: readonly unknown[];
}
const unspoken: Around = { isResolved: false, occurredAt: undefined, more: [] };

function alertsOf(incident: Incident, around: Around): readonly Alert[] {
  const headline = safeLine(incident.title) ?? safeLine(incident.summary) ?? safeLine(incident.description);
  if (headline === undefined) return [];
  const entry = incident.first_trigger_log_entry;
  const details = [
    incident.body?.details,
    incident.body?.cef_details,
    incident.custom_details,
    incident.details,
    entry?.channel?.details,
    entry?.channel?.cef_details,
    entry?.event_details,
    incident.trigger_summary_data,
    ...(incident.alerts ?? []).flatMap((alert) => [alert.body?.details, alert.body?.cef_details]),
    ...around.more,
  ];
  return pagesOf(headline, details, {
    severity: (safeLine(incident.priority?.summary ?? incident.priority?.name) ?? safeLine(incident.urgency))?.toLowerCase(),
    service: incident.service?.summary ?? incident.service?.name,
    address: incident.client_url ?? entry?.channel?.client_url,
    startedAt: parseInstant(incident.created_at) ?? parseInstant(around.occurredAt),
    isResolved: around.isResolved || incident.status?.toLowerCase() === 'resolved',
  });
}

function readEvent({ event_action: action, client_url: address, payload }: z.infer<typeof eventV2>): PayloadReading {
  const headline = safeLine(payload?.summary);
  if (headline === undefined)
    return {
      state: 'refused',
      happened: `its event "${action}" carries no summary`,
      whatToDo: 'Give the event that triggered the incident.',
    };
  return read(
    pagesOf(headline, [payload?.custom_details], {
      severity: safeLine(payload?.severity)?.toLowerCase(),
      service: payload?.component,
      address,
      startedAt: parseInstant(payload?.timestamp),
      isResolved: action === 'resolve',
    }),
  );
}

interface Envelope extends Pick<Alert, 'severity' | 'startedAt'> {
  readonly service: string | undefined;
  readonly address: string | undefined;
  readonly isResolved: boolean;
}

/** Where the details hold Alertmanager's own list, its alerts; otherwise the incident itself with whatever the details name. */
function pagesOf(headline: string, details: readonly unknown[], envelope: Envelope): readonly Alert[] {
  const title = readTitle(headline);
  const state = envelope.isResolved ? 'resolved' : title.state;
  const flat: { readonly [name: string]: string } = Object.assign({}, ...details.map((each) => safeLabels(each)));
  const [templated, ...others] = details.flatMap(templatedIn);
  const base: Omit<Alert, 'name' | 'summary' | 'labels'> = {
    source: 'pagerduty',
    startedAt: envelope.startedAt,
    state,
    severity: (flat['severity'] ?? title.severity ?? envelope.severity)?.toLowerCase(),
    expression: expressionInAddress(envelope.address) ?? safeExpression(flat['expr'] ?? flat['expression'] ?? flat['query']),
  };
  if (templated === undefined) {
    const name = flat['alertname'] ?? title.name;
    return [
      {
        ...base,
        name,
        summary: withProse(title.name, details, flat),
        labels: { ...serviceLabel(envelope.service), ...withoutProse(flat) },
      },
    ];
  }
  return [templated, ...others].map((each) => ({
    ...base,
    name: each.labels['alertname'] ?? title.name,
    summary: each.summary ?? title.name,
    labels: { ...serviceLabel(envelope.service), ...each.labels },
    severity: each.labels['severity']?.toLowerCase() ?? base.severity,
    expression: each.expression ?? base.expression,
  }));
}

/** The sentence in the details, where there is one: it often names what the title does not. */
function withProse(title: string, details: readonly unknown[], flat: { readonly [name: string]: string }): string {
  const prose = details.map(safeLine).find((line) => line !== undefined) ?? flat['summary'] ?? flat['message'] ?? flat['description'];
  if (prose === undefined || title.includes(prose)) return title;
  return prose.includes(title) ? prose : `${title}: ${prose}`;
}

function templatedIn(details: unknown): readonly TemplatedAlert[] {
  if (typeof details === 'string') return readAlertmanagerText(details);
  if (typeof details !== 'object' || details === null) return [];
  const { firing, resolved }: { readonly firing?: unknown; readonly resolved?: unknown } = details;
  const read = typeof firing === 'string' ? readAlertmanagerText(firing) : [];
  return read.length > 0 || typeof resolved !== 'string' ? read : readAlertmanagerText(resolved);
}

/** Details mix labels with sentences; a label's value is one word. */
function withoutProse(flat: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(flat).filter(
      ([name, value]) => !/\s/.test(value) && value !== '' && !/^num_|^(firing|resolved|expr|expression|query)$/.test(name),
    ),
  );
}

/** PagerDuty's service is often named like the workload; where it is a sentence, it cannot be one. */
function serviceLabel(service: string | undefined): { readonly [name: string]: string } {
  return service !== undefined && /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/.test(service) ? { service } : {};
}
