import type { Delivery } from '../../domain/delivery.ts';
import type { DeliverySettings } from '../../domain/server-settings.ts';
import { isRecord } from '../../domain/shape.ts';
import type { DeliveryOutcome, DeliveryTarget } from '../../ports/delivery-target.ts';
import { type Answer, ask, usualPatienceMilliseconds, within } from '../ask.ts';
import { markOf, oneLine, outsideCode, shortened, withLink } from '../delivery-words.ts';

type GithubDelivery = Extract<DeliverySettings, { readonly kind: 'github' }>;
type Found = Extract<DeliveryOutcome, { readonly state: 'known' }>;
type NotDone = Exclude<Answer, { readonly state: 'answered' }>;

const issuesOnPage = 100;
/** A retry looks for what was opened since the first try, which is among the newest. */
const pagesToLookThrough = 3;
const longestBodyCharacters = 60_000;

/**
 * A ticket. The issues are listed, newest first, instead of asking GitHub's search, whose index follows minutes later:
 * so a retry after a lost answer finds its own issue.
 */
export function githubTarget(settings: GithubDelivery, patienceMilliseconds = usualPatienceMilliseconds): DeliveryTarget {
  return {
    name: settings.name,
    takes: settings.takes,
    async deliver(delivery, outer) {
      const signal = within(outer, patienceMilliseconds);
      const marker = `<!-- stanch: ${markOf(delivery.key)} -->`;
      const found = await findIssue(marker, settings, signal);
      return found ?? (await openIssue({ delivery, marker }, settings, signal));
    },
  };
}

async function findIssue(marker: string, settings: GithubDelivery, signal: AbortSignal): Promise<Found | NotDone | undefined> {
  for (let page = 1; page <= pagesToLookThrough; page += 1) {
    const query = `?state=all&sort=created&direction=desc&per_page=${issuesOnPage}&page=${page}`;
    const answer = await askGithub({ method: 'GET', query }, settings, signal);
    if (answer.state !== 'answered') return answer;
    if (!Array.isArray(answer.content)) return notGithub;
    const issues: readonly unknown[] = answer.content;
    const issue = issues.find((each) => isRecord(each) && typeof each['body'] === 'string' && each['body'].includes(marker));
    if (issue !== undefined) return { state: 'known', ...linkOf(issue) };
    if (issues.length < issuesOnPage) return undefined;
  }
  return undefined;
}

const notGithub: NotDone = { state: 'refused', because: 'what answers is not the API of GitHub: check its address' };

interface Ticket {
  readonly delivery: Delivery;
  readonly marker: string;
}

async function openIssue({ delivery, marker }: Ticket, settings: GithubDelivery, signal: AbortSignal): Promise<DeliveryOutcome> {
  const { title, text, link } = delivery;
  const body = JSON.stringify({
    title: oneLine(title, 250),
    body: `${withLink(shortened(withoutMentions(text), longestBodyCharacters), link)}\n\n${marker}`,
    labels: settings.labels,
  });
  const answer = await askGithub({ method: 'POST', query: '', body }, settings, signal);
  return answer.state === 'answered' ? { state: 'delivered', ...linkOf(answer.content) } : answer;
}

/** A word from a log or a label calls nobody, and no other issue: GitHub reads neither where something invisible stands between. */
function withoutMentions(markdown: string): string {
  return outsideCode(markdown, (text) => text.replace(/@(?=[A-Za-z0-9])|#(?=\d)/g, '$&&#8203;'));
}

function linkOf(issue: unknown): { readonly link?: string } {
  const link = isRecord(issue) ? issue['html_url'] : undefined;
  return typeof link === 'string' && /^https?:\/\//.test(link) ? { link } : {};
}

interface Asking {
  readonly method: 'GET' | 'POST';
  readonly query: string;
  readonly body?: string;
}

function askGithub({ query, ...asking }: Asking, { address, repository, token }: GithubDelivery, signal: AbortSignal): Promise<Answer> {
  return ask(
    {
      ...asking,
      address: `${address}/repos/${repository}/issues${query}`,
      headers: {
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        authorization: `Bearer ${token.reveal()}`,
      },
      secrets: [token],
      whatToDo: {
        401: 'the token is not valid (any more); make a new one, then restart',
        403: `the token may not write issues in ${repository}; allow it "Issues: read and write"`,
        404: `there is no repository ${repository} that the token can see; check the name, and what the token may see`,
        410: `issues are switched off in ${repository}; switch them on, or name another repository`,
      },
    },
    signal,
  );
}
