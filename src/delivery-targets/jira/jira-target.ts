import type { Delivery } from '../../domain/delivery.ts';
import type { DeliverySettings } from '../../domain/server-settings.ts';
import { isRecord } from '../../domain/shape.ts';
import type { DeliveryOutcome, DeliveryTarget } from '../../ports/delivery-target.ts';
import { type Answer, ask, usualPatienceMilliseconds, within } from '../ask.ts';
import { markOf, oneLine, plainOf, shortened, withLink } from '../delivery-words.ts';

type JiraDelivery = Extract<DeliverySettings, { readonly kind: 'jira' }>;

const longestDescriptionCharacters = 30_000;

/** A ticket. Its key is a label, which is searched for before: a retry after a lost answer finds what it made, once Jira's index does. */
export function jiraTarget(settings: JiraDelivery, patienceMilliseconds = usualPatienceMilliseconds): DeliveryTarget {
  return {
    name: settings.name,
    takes: settings.takes,
    async deliver(delivery, outer) {
      const signal = within(outer, patienceMilliseconds);
      const label = `stanch-${markOf(delivery.key)}`;
      const answer = await search(label, settings, signal);
      if (answer.state !== 'answered') return answer;
      const issues: unknown = isRecord(answer.content) ? answer.content['issues'] : undefined;
      if (!Array.isArray(issues)) return notJira;
      if (issues.length > 0) return { state: 'known', ...linkOf(issues[0], settings) };
      const made = await askJira({ path: 'issue', body: ticketOf(delivery, label, settings) }, settings, signal);
      return made.state === 'answered' ? { state: 'delivered', ...linkOf(made.content, settings) } : made;
    },
  };
}

const notJira: DeliveryOutcome = { state: 'refused', because: 'what answers is not the API of Jira: check its address' };

/** Jira Cloud has only the newer search, and Jira Data Center only the older one. */
async function search(label: string, settings: JiraDelivery, signal: AbortSignal): Promise<Answer> {
  const body = { jql: `project = "${settings.project}" AND labels = "${label}"`, fields: ['summary'], maxResults: 1 };
  const answer = await askJira({ path: 'search/jql', body }, settings, signal);
  const isOlder = 'status' in answer && (answer.status === 404 || answer.status === 405);
  return isOlder ? askJira({ path: 'search', body }, settings, signal) : answer;
}

function ticketOf({ title, text, link }: Delivery, label: string, { project, issueType }: JiraDelivery): object {
  return {
    fields: {
      project: { key: project },
      issuetype: { name: issueType },
      summary: oneLine(title, 250),
      description: withLink(shortened(inert(text), longestDescriptionCharacters), link),
      labels: [label],
    },
  };
}

/** Version 2 of the API reads its own markup: nobody is mentioned, and nothing is loaded or linked, by a word of a log or a label. */
function inert(markdown: string): string {
  return plainOf(markdown).replace(/[[\]{}!|]/g, '\\$&');
}

function linkOf(issue: unknown, { address }: JiraDelivery): { readonly link?: string } {
  const key = isRecord(issue) ? issue['key'] : undefined;
  return typeof key === 'string' && /^[A-Z][A-Z0-9_]*-\d+$/.test(key) ? { link: `${address}/browse/${key}` } : {};
}

interface Asking {
  readonly path: string;
  readonly body: object;
}

function askJira({ path, body }: Asking, { address, project, user, token }: JiraDelivery, signal: AbortSignal): Promise<Answer> {
  return ask(
    {
      method: 'POST',
      // Version 2 of the API takes a text as description, in the cloud and elsewhere; version 3 does not.
      address: `${address}/rest/api/2/${path}`,
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${user}:${token.reveal()}`).toString('base64')}`,
      },
      body: JSON.stringify(body),
      secrets: [token],
      whatToDo: {
        401: 'user and token do not belong together, or the token has expired; make a new one, then restart',
        403: `the user may not make issues in ${project}; let it, or name another project`,
        404: 'there is no Jira at this address; check it',
      },
    },
    signal,
  );
}
