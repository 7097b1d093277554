import { createHmac } from 'node:crypto';
import { formatInstant } from '../../domain/instant.ts';
import type { DeliverySettings } from '../../domain/server-settings.ts';
import type { DeliveryTarget } from '../../ports/delivery-target.ts';
import { ask, usualPatienceMilliseconds, within } from '../ask.ts';

const deliverySchema = 'stanch.dev/delivery/v1';

type WebhookDelivery = Extract<DeliverySettings, { readonly kind: 'webhook' }>;

/** Any receiver: it knows what it was told before by the idempotency key, and us by the signature over the bytes of the body. */
export function webhookTarget(settings: WebhookDelivery, patienceMilliseconds = usualPatienceMilliseconds): DeliveryTarget {
  const { name, takes, address, signWith } = settings;
  return {
    name,
    takes,
    async deliver(delivery, signal) {
      const body = JSON.stringify({
        schema: deliverySchema,
        ...delivery,
        ...(delivery.kind === 'reminder' ? { due: formatInstant(delivery.due) } : {}),
      });
      const signature =
        signWith === undefined
          ? {}
          : { 'x-stanch-signature': `sha256=${createHmac('sha256', signWith.reveal()).update(body).digest('hex')}` };
      const answer = await ask(
        {
          method: 'POST',
          address: address.reveal(),
          headers: { 'idempotency-key': encodeURI(delivery.key), ...signature },
          body,
          secrets: signWith === undefined ? [address] : [address, signWith],
          whatToDo: {
            401: 'give it the signWith that it expects, then restart',
            403: 'it does not let this server in; check its address and signWith',
            404: 'nothing takes deliveries there; check its address',
          },
        },
        within(signal, patienceMilliseconds),
      );
      return answer.state === 'answered' ? { state: 'delivered' } : answer;
    },
  };
}
