import type { Page } from '@playwright/test';
import { kept } from './investigations.ts';
import { approved, carriedOut, gateClosed, wholeAgain } from './night.ts';
import { type ToldPage, waiting } from './told-page.ts';

/** Everything that the page can show, each as a way to get there. */
export const views: { readonly [name: string]: (told: ToldPage) => Promise<void> } = {
  'sign in': async ({ page, address }) => {
    await page.goto(address);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  },
  list: async ({ page, address, signIn }) => {
    await signIn();
    await page.goto(address);
    await page.getByText('Open an incident by hand').click();
    await page.getByRole('main').getByRole('listitem').first().waitFor();
  },
  'nothing known yet': ({ open }) => open(),
  'waiting for approval': async ({ happens, open, page }) => {
    happens(waiting());
    await open();
    await drawn(page);
  },
  'asked again': async ({ happens, open, page }) => {
    happens(waiting());
    await open();
    await page.getByRole('button', { name: 'Approve …' }).click();
    await page.getByRole('dialog').waitFor();
  },
  'gate closed, evidence open': async ({ happens, open, page }) => {
    happens([...waiting(), approved(1, 'ada'), ...carriedOut(1), gateClosed]);
    await open();
    await drawn(page);
    for (const summary of (await page.locator('.incident-sections details > summary').all()).slice(0, 14)) await summary.click();
  },
  closed: async ({ happens, open }) => {
    happens([...waiting(), approved(1, 'ada'), ...carriedOut(1), ...wholeAgain(kept('seed'))]);
    await open();
  },
  'not connected': async ({ happens, open, page, server }) => {
    happens(waiting());
    await open();
    await drawn(page);
    server.cut();
    await page.getByText('not connected', { exact: true }).waitFor();
  },
  'cannot tell': ({ open }) => open('zone'),
  'all plans blocked': ({ open }) => open('blocked'),
  'stale alert': ({ open }) => open('stale'),
  'nothing wrong': ({ open }) => open('healthy'),
  'no such incident': async ({ page, address, signIn }) => {
    await signIn();
    await page.goto(`${address}/incidents/none`);
    await page.getByText('there is no incident none').waitFor();
  },
};

async function drawn(page: Page): Promise<void> {
  await page.locator('.drawing canvas').first().waitFor();
}
