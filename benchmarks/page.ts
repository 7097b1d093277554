import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import { builtPage } from '../web/testing/built-files.ts';
import { investigate, type Investigation } from '../web/testing/investigations.ts';
import { longIncident, oneOfMany } from '../web/testing/long-incident.ts';
import { PageServer } from '../web/testing/page-server.ts';
import { saveResult, whenAndWhere } from './save-result.ts';

/**
 * `npm run bench -- page`: what the page weighs when it is opened for the first time, and how long it keeps a browser busy at a
 * time while an incident with thousands of entries is scrolled and grows. Needs a Chromium, as the tests of the page do.
 */
const positions = 5_000;
const limitBytes = 150_000;
const limitMilliseconds = 100;
const incident = 'long';

await build({ configFile: fileURLToPath(new URL('../web/vite.config.ts', import.meta.url)), logLevel: 'warn' });
const seed = await investigate('seed');
const server = new PageServer({
  incidents: [longIncident(incident, seed, positions)],
  tokens: { bench: { name: 'bench', role: 'operate' } },
  answers: () => [],
});
const address = await server.listen();
const browser = await chromium.launch({ executablePath: process.env['STANCH_CHROMIUM'] ?? '/usr/bin/chromium' });
const weights = { list: await weigh(browser, '/'), incident: await weigh(browser, `/incidents/${incident}`) };
const busy = await scroll(browser, seed);
await browser.close();
await server.close();

const { day, machine } = whenAndWhere();
const words = [
  '| first load of | files | gzip | brotli |',
  '|---|---|---|---|',
  ...Object.entries(weights).map(([page, { files, gzipBytes, brotliBytes }]) => `| ${page} | ${files} | ${gzipBytes} | ${brotliBytes} |`),
  '',
  `Bytes of everything that the browser fetches, pictures of changes included; the limit is ${limitBytes}.`,
  '',
  '| while | tasks over 50 ms | longest, ms | CPU of the page, s |',
  '|---|---|---|---|',
  ...busy.map(
    ({ doing, longMilliseconds, cpuSeconds }) =>
      `| ${doing} | ${longMilliseconds.length} | ${Math.round(Math.max(0, ...longMilliseconds))} | ${cpuSeconds.toFixed(1)} |`,
  ),
  '',
  `An incident with ${positions} timeline positions; the limit is ${limitMilliseconds} ms while scrolling and updating. Tasks are measured by the`,
  'clock on the wall: on a machine that is busy otherwise they are longer than the page makes them.',
  '',
].join('\n');
process.stdout.write(words);
saveResult(`${day}-page.json`, `${JSON.stringify({ day, machine, positions, weights, busy }, null, 1)}\n`);
saveResult(`${day}-page.md`, `# What the page weighs, and how long it is busy, ${day}\n\n${machine}.\n\n${words}`);
const isHeavy = Object.values(weights).some(({ gzipBytes }) => gzipBytes > limitBytes);
const isSlow = busy.some(({ doing, longMilliseconds }) => doing !== 'opening' && Math.max(0, ...longMilliseconds) > limitMilliseconds);
if (isHeavy || isSlow) process.exitCode = 1;

interface Weight {
  readonly files: number;
  readonly gzipBytes: number;
  readonly brotliBytes: number;
}

/** Everything of ours that a browser with an empty cache fetches until the page stands still. */
async function weigh(inside: Browser, path: string): Promise<Weight> {
  const page = await signedIn(inside);
  const fetched = new Set<string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/api/')) fetched.add(pathname.includes('.') ? pathname.slice(1) : 'index.html');
  });
  await page.goto(`${address}${path}`);
  await page
    .locator(path === '/' ? '.incident-row' : '.drawing canvas')
    .first()
    .waitFor();
  await page.context().close();
  const files = [...fetched].map((name) => readFileSync(`${builtPage}${name}`));
  return {
    files: files.length,
    gzipBytes: files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0),
    brotliBytes: files.reduce((sum, file) => sum + brotliCompressSync(file).length, 0),
  };
}

interface Busy {
  readonly doing: string;
  readonly longMilliseconds: readonly number[];
  /** Of its main thread, whatever else the machine does. */
  readonly cpuSeconds: number;
}

async function scroll(inside: Browser, investigation: Investigation): Promise<readonly Busy[]> {
  const page = await signedIn(inside);
  const cpu = await cpuOf(page);
  await page.addInitScript(() => {
    const long: number[] = [];
    Object.assign(window, { long });
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
      buffered: true,
    });
  });
  await page.goto(`${address}/incidents/${incident}`);
  await page.getByText('live', { exact: true }).waitFor();
  await page.locator('.drawing canvas').first().waitFor();
  const opening = await taken(page, 'opening', cpu);

  const earlier = page.getByRole('button', { name: /^Show earlier/ });
  while ((await earlier.count()) > 0) {
    const before = await page.locator('.entry').count();
    await earlier.click();
    await page.waitForFunction((count) => document.querySelectorAll('.entry').length > count, before);
  }
  const reading = await taken(page, `reading all ${await page.locator('.entry').count()} entries, page by page`, cpu);

  await page.evaluate(scrollThrough);
  const scrolling = await taken(page, 'scrolling through all of them', cpu);
  const growing = page.evaluate(scrollThrough);
  for (let index = 0; index < 300; index += 1) server.happens(incident, () => ({ entries: [oneOfMany(investigation, positions + index)] }));
  await growing;
  await page.locator('.entry h3', { hasText: `(${positions + 299})` }).waitFor({ state: 'attached' });
  const updating = await taken(page, 'scrolling while 300 more arrive', cpu);
  await page.context().close();
  return [opening, reading, scrolling, updating];
}

/** Page after page, each as the browser draws it. */
async function scrollThrough(): Promise<void> {
  const list = document.querySelector('.timeline-scroll');
  if (list === null) throw new Error('there is no timeline');
  list.scrollTop = 0;
  const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
  while (list.scrollTop + list.clientHeight < list.scrollHeight - 2) {
    list.scrollBy({ top: list.clientHeight * 2, behavior: 'instant' });
    await frame();
  }
}

async function taken(page: Page, doing: string, cpu: () => Promise<number>): Promise<Busy> {
  const longMilliseconds = await page.evaluate(() => (window as unknown as { readonly long: number[] }).long.splice(0));
  return { doing, longMilliseconds, cpuSeconds: await cpu() };
}

/** CPU seconds of the page's main thread since it was asked last. */
async function cpuOf(page: Page): Promise<() => Promise<number>> {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  let before = 0;
  return async () => {
    const { metrics } = await tools.send('Performance.getMetrics');
    const all = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
    const since = all - before;
    before = all;
    return since;
  };
}

async function signedIn(inside: Browser): Promise<Page> {
  const context = await inside.newContext({ viewport: { width: 1360, height: 900 }, colorScheme: 'dark' });
  await context.addCookies([{ name: 'stanch-session', value: 'bench', url: address }]);
  return context.newPage();
}
