// sh tools/run.sh web/testing/pictures.ts: takes the pictures of the page that the documents show, after npm run build:web.
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { investigate } from './investigations.ts';
import { lookedAt } from './night.ts';
import { PageServer } from './page-server.ts';
import { opened } from './told-incident.ts';

const id = '2026-11-21-1248-payment-service-k3f9';
const seed = await investigate('seed');
let now = Date.parse(seed.finishedAt) + 2_000;
const server = new PageServer({
  incidents: [
    opened(id, {
      at: new Date(now).toISOString(),
      alert: { name: 'PaymentServiceErrorRate', summary: 'payment-service 5xx rate > 5%' },
    }),
  ],
  tokens: { night: { name: 'ada', role: 'operate' } },
  answers: () => [],
});
server.now = () => now;
for (const step of lookedAt(seed)) {
  now += 2_000;
  server.happens(id, step);
}
const address = await server.listen();
const browser = await chromium.launch({ executablePath: process.env['STANCH_CHROMIUM'] ?? '/usr/bin/chromium' });

await take('page-phone', { width: 390, height: 844 }, () => Promise.resolve());
await take('page-desktop', { width: 1320, height: 1180 }, async (page) => {
  await page.locator('#who').evaluate((section) => section.scrollIntoView({ block: 'start', behavior: 'instant' }));
  await page.locator('.timeline-scroll').evaluate((list) => list.scrollTo({ top: list.scrollHeight / 3, behavior: 'instant' }));
});
await browser.close();
await server.close();

async function take(
  name: string,
  viewport: { readonly width: number; readonly height: number },
  prepare: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport,
    colorScheme: 'dark',
    reducedMotion: 'reduce',
    deviceScaleFactor: name === 'page-phone' ? 2 : 1,
  });
  await context.addCookies([{ name: 'stanch-session', value: 'night', url: address }]);
  const page = await context.newPage();
  await page.goto(`${address}/incidents/${id}`);
  await page.getByText('live', { exact: true }).waitFor();
  await page.locator('.drawing canvas').first().waitFor();
  await prepare(page);
  await page.screenshot({ path: fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url)) });
  await context.close();
}
