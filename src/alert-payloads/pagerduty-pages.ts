import { safeLine } from './safe-words.ts';
import { asObject, deliveryKeyOf, type LooseJson, pageOf, type PagesReading } from './incoming-pages.ts';

/** What begins or ends an incident there. All else that PagerDuty tells pages nobody. */
const paging: ReadonlySet<string> = new Set(['incident.triggered', 'incident.reopened', 'incident.unacknowledged', 'incident.resolved']);

/** The page of a V3 event. PagerDuty sends an event again until it is taken; its id is the delivery's key. */
export function pagerDutyPages(json: unknown): PagesReading {
  const event = asObject(asObject(json)?.['event']);
  const type = event?.['event_type'];
  const id = event?.['id'];
  if (event === undefined || typeof type !== 'string') return refused('it holds no event');
  if (type === 'pagey.ping') return { state: 'nothing-to-do', because: "it is PagerDuty's test event" };
  const isAcknowledgement = type === 'incident.acknowledged';
  if (!isAcknowledgement && !paging.has(type))
    return { state: 'nothing-to-do', because: `events of type ${safeLine(type) ?? 'unknown'} page nobody` };
  const page = pageOf(json, deliveryKeyOf('pagerduty', typeof id === 'string' && id !== '' ? [id] : [event]));
  if (!('deliveryKey' in page)) return { state: 'refused', ...page };
  const incident = incidentIn(event);
  return {
    state: 'read',
    pages: [
      {
        ...page,
        ...(incident === undefined ? {} : { pagerDutyIncident: incident }),
        ...(isAcknowledgement ? { acknowledgedBy: agentIn(event) } : {}),
      },
    ],
  };
}

/** PagerDuty's ids are letters and digits. Anything else would lead a request somewhere else later. */
function incidentIn(event: LooseJson): string | undefined {
  const id = asObject(event['data'])?.['id'];
  return typeof id === 'string' && /^[A-Za-z0-9]{1,64}$/.test(id) ? id : undefined;
}

function agentIn(event: LooseJson): string {
  const agent = asObject(event['agent']);
  return safeLine(agent?.['summary']) ?? safeLine(agent?.['name']) ?? 'somebody in PagerDuty';
}

function refused(happened: string): PagesReading {
  return { state: 'refused', happened, whatToDo: "Send PagerDuty's V3 webhook" };
}
