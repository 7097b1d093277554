import type { Page } from '@playwright/test';
import { approved } from './night.ts';
import { expect, nightId, test, waiting } from './told-page.ts';

test.use({ telling: { answers: ({ to }, { name }) => (to === 'answer' ? [approved(1, name)] : []), more: () => [] } });

/** Presses Tab until something of this name has the focus; fails where the way there is longer than a person would go. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
    if (name.test(focused)) return;
  }
  throw new Error(`Nothing called ${String(name)} was reached by Tab`);
}

test('an incident is found, read and approved by keyboard alone', async ({ told }) => {
  const { page, server, address } = told;
  told.happens(waiting());
  await page.goto(`${address}/`);
  await page.getByLabel('Token').waitFor();
  await tabTo(page, /^$/);
  await page.keyboard.type('operator');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /payment-service 5xx/ }).waitFor();
  await tabTo(page, /payment-service 5xx/);
  await page.keyboard.press('Enter');
  await page.getByText('live', { exact: true }).waitFor();
  await expect(page.getByRole('main')).toBeFocused();

  await tabTo(page, /^Approve …$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('heading')).toBeFocused();
  await tabTo(page, /^Run these 3 commands now$/);
  await page.keyboard.press('Enter');
  await expect.poll(() => server.wishes.map(({ to }) => to)).toEqual(['answer']);
});

test('the first press of Tab offers the way past everything that repeats', async ({ told }) => {
  const { page } = told;
  await told.open();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('a sheet is left by Escape, and the focus is where it was', async ({ told }) => {
  const { page } = told;
  told.happens(waiting());
  await told.open();
  const approve = page.getByRole('button', { name: 'Approve …' });
  await approve.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');

  await expect(approve).toBeFocused();
});

test('what has the focus can be seen to have it, and nothing holds it for ever', async ({ told }) => {
  const { page, address } = told;
  told.happens(waiting());
  await told.signIn();
  await page.goto(`${address}/incidents/${nightId}`);
  await page.getByText('live', { exact: true }).waitFor();
  const reached = new Set<string>();
  let isBackAtTheBeginning = false;
  for (let presses = 0; presses < 200 && !isBackAtTheBeginning; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { what: element.textContent?.slice(0, 40) ?? '', isOutlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 };
    });
    if (focused === undefined) isBackAtTheBeginning = true;
    else {
      expect(focused).toEqual({ what: focused.what, isOutlined: true });
      reached.add(focused.what);
    }
  }
  expect(isBackAtTheBeginning).toBe(true);
  expect(reached.size).toBeGreaterThan(20);
});
