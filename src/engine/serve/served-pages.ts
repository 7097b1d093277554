import { randomBytes } from 'node:crypto';
import type { AcceptedPage, IncomingPage } from '../../domain/accepted-page.ts';
import type { PageAnswer } from '../../ports/page-intake.ts';
import { fingerprintOf } from '../../reasoning/fingerprint-of.ts';
import type { Failed } from '../act/acting.ts';
import { pageJob } from './jobs.ts';
import type { ServedIncidents } from './served-incidents.ts';
import type { Serving } from './serving.ts';

/** So many are worked within minutes; beyond it the senders, who try again, are the better place to wait. */
const mostWaiting = 10_000;
const randomnessBytes = 10;

/** How pages come in. */
export function servedPages(serving: Serving): Pick<ServedIncidents, 'receive' | 'open'> {
  return {
    receive: (page) => receive(page, serving),
    open: (text) => openByHand(text, serving),
  };
}

async function openByHand(text: string, serving: Serving): ReturnType<ServedIncidents['open']> {
  const parsed = serving.parsePage(text);
  if (parsed.state === 'refused') return { state: 'refused', because: `${parsed.happened}. ${parsed.whatToDo}` };
  const { alert } = parsed;
  if (alert.state === 'resolved') return { state: 'refused', because: 'It tells of an end; there is nothing to be worked.' };
  const answer = await receive({ deliveryKey: `by hand ${newName()}`, alert, text }, serving);
  if (answer.state === 'failed') return answer;
  if (answer.state === 'full')
    return { state: 'refused', because: `${answer.waiting} pages wait to be worked already. Try again in a minute.` };
  return { state: 'opened', page: answer.id };
}

function receive(incoming: IncomingPage, { store, clock, cluster }: Serving): Promise<PageAnswer | Failed> {
  const page: AcceptedPage = {
    ...incoming,
    id: `page-${newName()}`,
    fingerprint: fingerprintOf(incoming.alert, cluster),
    receivedAt: clock.now(),
  };
  return store.pages.accept(page, pageJob(page), mostWaiting);
}

function newName(): string {
  return randomBytes(randomnessBytes).toString('hex');
}
