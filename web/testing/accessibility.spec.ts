import AxeBuilder from '@axe-core/playwright';
import { expect, investigated, test } from './told-page.ts';
import { views } from './views.ts';

const phone = { width: 390, height: 844 };
const looks = [
  { words: 'dark, phone', colorScheme: 'dark', size: phone },
  { words: 'light, desktop', colorScheme: 'light', size: { width: 1360, height: 900 } },
] as const;

test.use({
  telling: {
    answers: () => [],
    more: () => [investigated('zone'), investigated('blocked'), investigated('stale'), investigated('healthy')],
  },
});

for (const [name, goTo] of Object.entries(views))
  test(`"${name}" breaks no rule of accessibility, fits the window, and has targets for a thumb`, async ({ told }) => {
    const { page } = told;
    await goTo(told);

    for (const { words, colorScheme, size } of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`)]),
        words,
      ).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), words).toBeLessThanOrEqual(0);
      expect(await page.evaluate(smallTargets), words).toEqual([]);
    }
    // The narrowest phone that is still in use.
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(brokenLabels)).toEqual([]);
  });

/** What stands at the top of the page and runs over more than one line. */
function brokenLabels(): readonly string[] {
  return [...document.querySelectorAll('header .wordmark, header button')].flatMap((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ bottom }) => Math.round(bottom / 8)));
    return lines.size > 2 ? [element.textContent ?? ''] : [];
  });
}

/** Controls that a thumb would miss: lower or narrower than 44 pixels. Links within a sentence are as high as it is. */
function smallTargets(): readonly string[] {
  const leastPixels = 44;
  return [...document.querySelectorAll('button, summary, input, textarea, a.button, header a, .incident-row')]
    .filter((element) => element.checkVisibility())
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.height > 0 && (box.height < leastPixels - 0.5 || box.width < leastPixels - 0.5))
    .map(({ element, box }) => `${element.tagName} "${element.textContent ?? ''}" ${Math.round(box.width)} × ${Math.round(box.height)}`);
}
