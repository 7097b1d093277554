import type { DeliverySettings } from '../../domain/server-settings.ts';
import type { DeliveryTarget } from '../../ports/delivery-target.ts';
import { ask, usualPatienceMilliseconds, within } from '../ask.ts';
import { oneLine, plainOf, shortened } from '../delivery-words.ts';

type SlackDelivery = Extract<DeliverySettings, { readonly kind: 'slack' }>;

/** Slack cuts longer messages into several. */
const longestCharacters = 3500;

/** A chat, by an incoming webhook. Slack knows no keys: where only its answer was lost, the message comes twice rather than never. */
export function slackTarget({ name, takes, address }: SlackDelivery, patienceMilliseconds = usualPatienceMilliseconds): DeliveryTarget {
  return {
    name,
    takes,
    async deliver({ title, text, link }, signal) {
      const lines = [`*${escaped(oneLine(title, 250))}*`, spokenInSlack(shortened(plainOf(text), longestCharacters))];
      const message = [...lines, ...(link === undefined ? [] : [`<${link}|Open the incident>`])].join('\n');
      const answer = await ask(
        {
          method: 'POST',
          address: address.reveal(),
          headers: {},
          body: JSON.stringify({ text: message, unfurl_links: false, unfurl_media: false }),
          secrets: [address],
          whatToDo: {
            401: 'Slack does not know this webhook; make a new one and give its address',
            403: 'Slack forbids this webhook to post; make a new one in the workspace, or ask its administrator',
            404: 'Slack does not know this webhook or its channel any more; make a new one and give its address',
            410: 'the channel is archived; make a webhook for another one and give its address',
          },
        },
        within(signal, patienceMilliseconds),
      );
      return answer.state === 'answered' ? { state: 'delivered' } : answer;
    },
  };
}

/** Nobody is mentioned, and nothing is linked, by what stands in a text of somebody else. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Slack's own Markdown: bold is one asterisk, and there are no headings. */
function spokenInSlack(markdown: string): string {
  return escaped(markdown)
    .replace(/\*\*([^*\n]+)\*\*/g, '*$1*')
    .replace(/^#{1,6} +([^\n]+)$/gm, '*$1*');
}
