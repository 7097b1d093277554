import type { Incident } from '../domain/incident.ts';
import type { IncidentEvent } from '../domain/incident-event.ts';
import type { ExactWrite, JsonValue, PreparedChange } from '../domain/prepared-change.ts';
import { redactValue } from '../recording-format/redact-object.ts';

/** As it may be shown and sent around: the store keeps whole pod templates, with which a change is put back, and the page as it came. */
export function shownIncident(incident: Incident): Incident {
  const attempts = incident.attempts.map((attempt) => ({ ...attempt, prepared: attempt.prepared.map(shownChange) }));
  return { ...incident, source: shownValue(incident.source), attempts };
}

export function shownEvent(event: IncidentEvent): IncidentEvent {
  if (event.kind === 'opened') return { ...event, source: shownValue(event.source) };
  return event.kind === 'plan-chosen' ? { ...event, prepared: event.prepared.map(shownChange) } : event;
}

function shownChange(prepared: PreparedChange): PreparedChange {
  // Masking changes texts alone, so what it makes has the form of what it was given.
  return { ...prepared, write: redactValue(prepared.write) as ExactWrite };
}

function shownValue(value: JsonValue): JsonValue {
  return redactValue(value) as JsonValue;
}
