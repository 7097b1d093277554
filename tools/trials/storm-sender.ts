import { type Notification, payloadOf } from './storm-notifications.ts';

export interface Storm {
  /** Where it may be sent to, in the order in which it is tried. Asked anew before each try. */
  readonly addresses: () => readonly string[];
  readonly secret: string;
  readonly overMilliseconds: number;
  /** Told after each that was answered with 202. */
  readonly accepted: (count: number) => void;
}

export interface Sent {
  /** Ids of the pages that the answers with 202 told. */
  readonly pages: ReadonlySet<string>;
  /** How many messages had to be sent again. */
  readonly repeated: number;
  readonly tookMilliseconds: number;
}

const patienceMilliseconds = 5000;
const againMilliseconds = 250;

/**
 * Sends as Alertmanager does: the messages of one group one after the other, each again and again until it is answered with
 * 202; all groups at once, evenly over the time.
 */
export async function sendStorm(messages: readonly (readonly Notification[])[], storm: Storm): Promise<Sent> {
  const startedAt = Date.now();
  const pages = new Set<string>();
  let accepted = 0;
  let repeated = 0;
  const all = messages.reduce((sum, each) => sum + each.length, 0);
  await Promise.all(
    messages.map(async (ofGroup, group) => {
      for (const [index, message] of ofGroup.entries()) {
        await waitUntil(startedAt + ((index * messages.length + group) * storm.overMilliseconds) / all);
        for (let told = await sendOnce(message, storm); ; told = await sendOnce(message, storm)) {
          told?.forEach((page) => pages.add(page));
          if (told !== undefined) break;
          repeated += 1;
          await waitUntil(Date.now() + againMilliseconds);
        }
        accepted += 1;
        storm.accepted(accepted);
      }
    }),
  );
  return { pages, repeated, tookMilliseconds: Date.now() - startedAt };
}

/** Undefined: nobody answered with 202. */
async function sendOnce(message: Notification, { addresses, secret }: Storm): Promise<readonly string[] | undefined> {
  for (const address of addresses()) {
    const answered = await post(address, message, secret);
    if (answered !== undefined) return answered;
  }
  return undefined;
}

async function post(address: string, message: Notification, secret: string): Promise<readonly string[] | undefined> {
  try {
    const answer = await fetch(`${address}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: payloadOf(message),
      signal: AbortSignal.timeout(patienceMilliseconds),
    });
    const text = await answer.text();
    if (answer.status !== 202) return undefined;
    return (JSON.parse(text) as { readonly pages: readonly { readonly page: string }[] }).pages.map(({ page }) => page);
  } catch {
    // It was killed, or is not up again yet: the message is sent again.
    return undefined;
  }
}

async function waitUntil(instant: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, instant - Date.now())));
}
