import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from '@playwright/test';
import { served } from '../layout.ts';
import { say } from '../progress.ts';

/** Somebody in front of a browser, who sees what the page shows and does nothing but touch and type. */
export interface Person {
  readonly page: Page;
  /** Keeps what is seen now. */
  readonly picture: (name: string) => Promise<void>;
}

export interface Browsing {
  readonly browser: Browser;
  /** Where pictures go. */
  readonly directory: string;
}

const screens = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  wall: { viewport: { width: 1320, height: 1180 } },
} as const;

/** Debian's; another one is named by STANCH_CHROMIUM. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['STANCH_CHROMIUM'] ?? '/usr/bin/chromium' });
}

/** Comes with a screen of its own, and signs in on the page. */
export async function signIn({ browser, directory }: Browsing, screen: keyof typeof screens, token: string): Promise<Person> {
  const context = await browser.newContext({ ...screens[screen], colorScheme: 'dark', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(served.url);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Incidents' }).waitFor();
  let taken = 0;
  return {
    page,
    picture: async (name) => {
      taken += 1;
      await page.screenshot({ path: join(directory, `${screen}-${taken}-${name}.png`) });
    },
  };
}

/** Looks at an incident until it can be approved what to do. Returns when that was. */
export async function watchUntilReady({ page }: Person, incident: string, withinSeconds: number): Promise<number> {
  await page.goto(`${served.url}/incidents/${encodeURIComponent(incident)}`, { waitUntil: 'commit' });
  await approveButton(page).waitFor({ timeout: withinSeconds * 1000 });
  return Date.now();
}

/** From the list to the one incident that waits for an approval. Returns its id. */
export async function openIncident({ page }: Person): Promise<string> {
  await page.getByRole('main').getByRole('link').filter({ hasText: 'Waiting for your approval' }).click();
  await approveButton(page).waitFor();
  return decodeURIComponent(new URL(page.url()).pathname.replace('/incidents/', ''));
}

/** Reads what will be run, and lets it be run. Returns the commands as they were read. */
export async function approve({ page, picture }: Person, name: string): Promise<readonly string[]> {
  await approveButton(page).click();
  const sheet = page.getByRole('dialog');
  await sheet.waitFor();
  const read = (await sheet.getByRole('listitem').allInnerTexts()).map((line) => line.trim());
  await picture(`${name}-about-to-be-approved`);
  await sheet.getByRole('button', { name: /^Run (this command|these \d+ commands) now$/ }).click();
  await sheet.waitFor({ state: 'hidden' });
  say(`Approved by click: ${read.join('; ')}`);
  return read;
}

export async function writeNotes({ page }: Person, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /What a colleague should know tomorrow/ }).fill(text);
  await page.getByRole('button', { name: 'Save the notes' }).click();
  await page.getByText(/^Saved by /).waitFor();
}

/** The incident notes, as the page shows them. */
export async function readReport({ page }: Person): Promise<string> {
  await page.getByText('The report: notes, timeline, evidence, as Markdown').click();
  return page.getByLabel('The report', { exact: true }).innerText();
}

/** The card of what was proposed and done, by its purpose. */
export function cardOf({ page }: Person, purpose: 'to stop the bleeding' | 'to repair'): Locator {
  return page.getByRole('article').filter({ hasText: purpose });
}

export function approveButton(page: Page): Locator {
  return page.getByRole('button', { name: 'Approve …' });
}

/** Harmless to press: it looks, and puts back only what is proven to be safe. */
export function gateButton({ page }: Person): Locator {
  return page.getByRole('button', { name: /^Check the gate/ });
}
