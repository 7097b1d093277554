import type { Delivery } from '../../domain/delivery.ts';
import type { DeliverySettings } from '../../domain/server-settings.ts';
import { isRecord } from '../../domain/shape.ts';
import type { DeliveryTarget } from '../../ports/delivery-target.ts';
import { type Answer, ask, usualPatienceMilliseconds, within } from '../ask.ts';
import { markOf, plainOf, shortened, withLink } from '../delivery-words.ts';

type PagerDutyDelivery = Extract<DeliverySettings, { readonly kind: 'pagerduty' }>;

const longestCharacters = 20_000;

/** The pager: notes on its own incidents. A note carries the mark of its key, and is not written where one already does. */
export function pagerDutyTarget(settings: PagerDutyDelivery, patienceMilliseconds = usualPatienceMilliseconds): DeliveryTarget {
  return {
    name: settings.name,
    takes: settings.takes,
    isPager: true,
    async deliver(delivery, outer) {
      const incident = incidentOf(delivery);
      if (incident === undefined)
        return { state: 'refused', because: 'no incident of PagerDuty belongs to this, so that no note can be written' };
      const signal = within(outer, patienceMilliseconds);
      const mark = `(stanch ${markOf(delivery.key)})`;
      const listed = await askPagerDuty({ method: 'GET', incident }, settings, signal);
      if (listed.state !== 'answered') return listed;
      const notes: unknown = isRecord(listed.content) ? listed.content['notes'] : undefined;
      if (!Array.isArray(notes)) return { state: 'refused', because: 'what answers is not the API of PagerDuty: check its address' };
      if (notes.some((note: unknown) => isRecord(note) && String(note['content']).includes(mark))) return { state: 'known' };
      const { title, text, link } = delivery;
      const content = `${withLink(shortened(`${title}\n\n${plainOf(text)}`, longestCharacters), link)}\n\n${mark}`;
      const written = await askPagerDuty({ method: 'POST', incident, body: JSON.stringify({ note: { content } }) }, settings, signal);
      return written.state === 'answered' ? { state: 'delivered' } : written;
    },
  };
}

/** The id comes from a page: only what can be no other path is taken. */
function incidentOf(delivery: Delivery): string | undefined {
  const id = 'pagerDutyIncident' in delivery ? delivery.pagerDutyIncident : undefined;
  return id !== undefined && /^\w{1,100}$/.test(id) ? id : undefined;
}

interface Asking {
  readonly method: 'GET' | 'POST';
  readonly incident: string;
  readonly body?: string;
}

function askPagerDuty({ incident, ...asking }: Asking, { address, token, from }: PagerDutyDelivery, signal: AbortSignal): Promise<Answer> {
  return ask(
    {
      ...asking,
      address: `${address}/incidents/${incident}/notes`,
      headers: { accept: 'application/vnd.pagerduty+json;version=2', authorization: `Token token=${token.reveal()}`, from },
      secrets: [token],
      whatToDo: {
        401: 'the token is not valid (any more); make a new API key, then restart',
        403: 'the token may not write notes; give an API key that is not read-only',
        404: `PagerDuty knows no incident ${incident} in the account of this token`,
      },
    },
    signal,
  );
}
