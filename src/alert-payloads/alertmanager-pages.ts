import type { IncomingPage } from '../domain/accepted-page.ts';
import { asObject, deliveryKeyOf, type LooseJson, pageOf, type PagesReading } from './incoming-pages.ts';

/** Each alert carries its labels itself; what the group has in common is repeated in its pages only where that costs little. */
const mostCommonCharacters = 16_384;

/**
 * One page for each alert of a group, because each has a beginning and an end of its own. `text` is one alert's part of the
 * payload. The key is made of facts: Alertmanager sends a group again and again, and two of them send the same.
 */
export function alertmanagerPages(json: unknown): PagesReading {
  const group = asObject(json);
  const alerts = group?.['alerts'];
  if (group === undefined || !Array.isArray(alerts)) return refused('it has no list of alerts');
  if (alerts.length === 0) return { state: 'nothing-to-do', because: 'its list of alerts is empty' };
  const common = commonPart(group);
  const pages = alerts.flatMap((alert) => pageOfAlert(alert, common));
  const [first, ...more] = pages;
  return first === undefined ? refused(`none of its ${alerts.length} alerts has labels`) : { state: 'read', pages: [first, ...more] };
}

function pageOfAlert(raw: unknown, common: LooseJson): readonly IncomingPage[] {
  const alert = asObject(raw);
  if (alert === undefined) return [];
  const page = pageOf({ ...common, alerts: [alert] }, deliveryKeyOf('alertmanager', factsOf(alert, common)));
  return 'deliveryKey' in page ? [page] : [];
}

function factsOf(alert: LooseJson, common: LooseJson): readonly unknown[] {
  const isOver = (alert['status'] ?? common['status']) === 'resolved';
  const which = typeof alert['fingerprint'] === 'string' && alert['fingerprint'] !== '' ? alert['fingerprint'] : inOrder(alert['labels']);
  // The end of what still fires is only when Alertmanager would give up, and moves with every message.
  return [which, alert['startsAt'] ?? null, isOver ? 'resolved' : 'firing', isOver ? (alert['endsAt'] ?? null) : null];
}

function inOrder(labels: unknown): unknown {
  return Object.entries(asObject(labels) ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function commonPart({ status, commonLabels, commonAnnotations }: LooseJson): LooseJson {
  const words = { commonLabels, commonAnnotations };
  return { status, ...(JSON.stringify(words).length > mostCommonCharacters ? {} : words) };
}

function refused(happened: string): PagesReading {
  return { state: 'refused', happened, whatToDo: "Send Alertmanager's webhook payload, version 4" };
}
