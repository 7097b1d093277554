import { test as base, type Page } from '@playwright/test';
import { kept, type Recorded } from './investigations.ts';
import { lookedAt } from './night.ts';
import { PageServer, type Story } from './page-server.ts';
import { opened, type Step, type ToldIncident } from './told-incident.ts';

export const nightId = '2026-11-21-1248-payment-service-k3f9';
export const paged = { name: 'PaymentServiceErrorRate', summary: 'payment-service 5xx rate > 5%' };

/** A page and the server that tells it a story; the story goes on only when the test says so. */
export interface ToldPage {
  readonly page: Page;
  readonly server: PageServer;
  readonly address: string;
  /** Lets these happen one after the other, four seconds apart by the server's clock. */
  readonly happens: (steps: readonly Step[], incident?: string) => void;
  /** Lets the server's clock go on. */
  readonly wait: (milliseconds: number) => void;
  readonly signIn: (token?: 'operator' | 'viewer') => Promise<void>;
  readonly open: (incident?: string) => Promise<void>;
}

export interface Telling {
  readonly answers: Story['answers'];
  /** Further incidents. */
  readonly more: () => readonly ToldIncident[];
  /** Absent: nowhere else to sign in. */
  readonly openId?: { readonly name: string };
}

interface Fixtures {
  readonly telling: Telling;
  readonly told: ToldPage;
}

/** An incident that was investigated, and about which nothing has been done. */
export function investigated(recorded: Recorded): ToldIncident {
  const investigation = kept(recorded);
  const { name } = investigation.alert;
  return opened(recorded, {
    at: investigation.finishedAt,
    investigation,
    ...(name === undefined ? {} : { alert: { name, summary: name } }),
  });
}

export const test = base.extend<Fixtures>({
  telling: [{ answers: () => [], more: () => [] }, { option: true }],
  told: async ({ page, telling }, use) => {
    const seed = kept('seed');
    let clock = Date.parse(seed.finishedAt) + 2_000;
    const server = new PageServer({
      incidents: [opened(nightId, { at: new Date(clock).toISOString(), alert: paged }), ...telling.more()],
      ...(telling.openId === undefined ? {} : { openId: telling.openId }),
      tokens: { operator: { name: 'ada', role: 'operate' }, viewer: { name: 'vi', role: 'view' } },
      answers: telling.answers,
    });
    server.now = () => clock;
    const address = await server.listen();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Answers that a test provokes are logged by the browser as failed resources; everything else is a fault of the page.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
    });
    const happens: ToldPage['happens'] = (steps, incident = nightId) => {
      for (const step of steps) {
        clock += 4_000;
        server.happens(incident, step);
      }
    };
    const signIn: ToldPage['signIn'] = (token = 'operator') =>
      page.context().addCookies([{ name: 'stanch-session', value: token, url: address }]);
    const open: ToldPage['open'] = async (incident = nightId) => {
      await signIn();
      await page.goto(`${address}/incidents/${incident}`);
      await page.getByText('live', { exact: true }).waitFor();
    };
    await use({ page, server, address, happens, wait: (milliseconds) => (clock += milliseconds), signIn, open });
    await server.close();
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
  },
});

export { expect } from '@playwright/test';

/** The night up to the plan that waits for an answer. */
export function waiting(): readonly Step[] {
  return lookedAt(kept('seed'));
}
