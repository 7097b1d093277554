import { runInHost } from '../machine/in-host.ts';
import { waitFor } from '../run-program.ts';

interface Webhook {
  readonly status: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>>; readonly startsAt: string }[];
}

/** Waits until the alert has come the real way (Prometheus, Alertmanager, webhook) and returns the payload that the pager received. */
export async function waitForPage({ alert, since }: { alert: string; since: Date }): Promise<string> {
  let page: string | undefined;
  await waitFor({
    what: `the pager to receive ${alert}`,
    withinSeconds: 240,
    everyMilliseconds: 2000,
    check: async () => {
      const received = (await runInHost('monitoring', ['tail', '--lines=50', '/var/log/alerts.jsonl']))
        .split('\n')
        .filter((line) => line !== '');
      page = received.findLast((line) => isFiring(JSON.parse(line) as Webhook, { alert, since }));
      return page !== undefined || `${received.length} pages, none of them is a new ${alert}`;
    },
  });
  return page ?? '';
}

function isFiring({ status, alerts }: Webhook, { alert, since }: { alert: string; since: Date }): boolean {
  return (
    status === 'firing' &&
    alerts.some((each) => each.status === 'firing' && each.labels['alertname'] === alert && new Date(each.startsAt) > since)
  );
}
