import { alertmanagerUrl, desk } from '../layout.ts';
import { runInHost } from '../machine/in-host.ts';
import { inNetworkOf } from '../machine/network.ts';
import { runProgram, waitFor } from '../run-program.ts';
import type { Report } from './scenario.ts';

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

/** Hands Alertmanager what a watcher outside of the cluster reports; it reaches the pager like any other alert. */
export function report(found: Report): Promise<void> {
  // Long enough for every scenario; `withdraw` ends it.
  return tellAlertmanager(found, new Date(Date.now() + 3_600_000));
}

/** Ends what was reported. Harmless where nothing was. */
export function withdraw(found: Report): Promise<void> {
  return tellAlertmanager(found, new Date());
}

async function tellAlertmanager({ alert, summary, labels }: Report, endsAt: Date): Promise<void> {
  const alerts = [{ labels: { alertname: alert, ...labels }, annotations: { summary }, endsAt: endsAt.toISOString() }];
  await runProgram(
    inNetworkOf(desk.name, [
      'curl',
      '--silent',
      '--show-error',
      '--fail',
      '--max-time',
      '10',
      '--header',
      'Content-Type: application/json',
      '--data',
      JSON.stringify(alerts),
      `${alertmanagerUrl}/api/v2/alerts`,
    ]),
  );
}

function isFiring({ status, alerts }: Webhook, { alert, since }: { alert: string; since: Date }): boolean {
  return (
    status === 'firing' &&
    alerts.some((each) => each.status === 'firing' && each.labels['alertname'] === alert && new Date(each.startsAt) > since)
  );
}
