import { createTransport } from 'nodemailer';
import type { DeliverySettings } from '../../domain/server-settings.ts';
import { isRecord } from '../../domain/shape.ts';
import type { DeliveryOutcome, DeliveryTarget } from '../../ports/delivery-target.ts';
import { spoken, usualPatienceMilliseconds, within } from '../ask.ts';
import { markOf, oneLine, plainOf, withLink } from '../delivery-words.ts';

type MailDelivery = Extract<DeliverySettings, { readonly kind: 'mail' }>;

/** E-mail. SMTP knows no keys, but the Message-ID is made of the key: mailboxes show what has the same one once. */
export function mailTarget(settings: MailDelivery, patienceMilliseconds = usualPatienceMilliseconds): DeliveryTarget {
  const { name, takes, from, to } = settings;
  return {
    name,
    takes,
    async deliver({ key, title, text, link }, outer) {
      const signal = within(outer, patienceMilliseconds);
      if (signal.aborted) return tooSlow;
      const transport = transportFor(settings, patienceMilliseconds);
      const sent = transport.sendMail({
        from,
        to: [...to],
        subject: oneLine(title, 200),
        text: withLink(plainOf(text), link),
        messageId: `<${markOf(key)}@${from.slice(from.indexOf('@') + 1)}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      const outcome = sent.then(({ rejected }) => outcomeOf(rejected.map(String)), understand);
      try {
        return await Promise.race([outcome, over(signal)]);
      } finally {
        transport.close();
      }
    },
  };
}

function transportFor({ host, port, encryption, login }: MailDelivery, patienceMilliseconds: number) {
  return createTransport({
    host,
    port,
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    connectionTimeout: patienceMilliseconds,
    greetingTimeout: patienceMilliseconds,
    socketTimeout: patienceMilliseconds,
    // A text may name files and addresses; none of them is opened.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password.reveal() } }),
  });
}

const tooSlow: DeliveryOutcome = { state: 'failed', because: 'the mail server did not take it in time' };

function over(signal: AbortSignal): Promise<DeliveryOutcome> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(tooSlow), { once: true }));
}

/** Trying again would write to those who have it already. */
function outcomeOf(rejected: readonly string[]): DeliveryOutcome {
  if (rejected.length === 0) return { state: 'delivered' };
  return { state: 'refused', because: `the mail server took it, but not for ${rejected.join(', ')}: check that these mailboxes exist` };
}

/** The words of the server are left out: they can repeat the login. */
function understand(error: unknown): DeliveryOutcome {
  const { code, responseCode: status } = isRecord(error) ? error : {};
  const said = typeof status === 'number' ? ` (${status})` : '';
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { state: 'failed', because: `the mail server does not take it now${said}` };
  if (code === 'EAUTH') return { state: 'refused', because: `the mail server rejects the login${said}: check user and password` };
  if (code === 'EENVELOPE')
    return {
      state: 'refused',
      because: `the mail server does not take mail from this sender for these mailboxes${said}: check from and to`,
    };
  if (typeof status === 'number' && status >= 500) return { state: 'refused', because: `the mail server rejects it${said}` };
  if (code === 'ETLS')
    return {
      state: 'failed',
      because: 'no encrypted connection could be made: check encryption and port, and the certificate of the server',
    };
  return { state: 'failed', because: spoken(error) };
}
