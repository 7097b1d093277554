import { kept } from './investigations.ts';
import type { Story } from './page-server.ts';
import { expect, investigated, nightId, test, waiting } from './told-page.ts';

const answers: Story['answers'] = ({ to, body }, { name }) =>
  to === 'notes' ? [(_told, at) => ({ view: { notes: { at, by: name, text: String(body['text']) } } })] : [];

test.use({
  telling: { answers, more: () => [investigated('zone'), investigated('healthy'), investigated('stale')] },
});

test('the answer comes first: what is wrong, since when, and what to do', async ({ told }) => {
  const { page } = told;
  told.happens(waiting());
  await told.open();
  const answer = page.getByRole('region', { name: 'payment-service 5xx rate > 5%' });

  await expect(answer).toContainText(kept('seed').summary);
  await expect(answer).toContainText('12:47:04 UTC');
  await expect(answer).toContainText('2 of 4 replicas');
  await expect(answer).toContainText('node node-worker-3');
  await expect(answer).toContainText('almost certain (97 %)');
  const headings = await page.getByRole('heading', { level: 2 }).allTextContents();
  expect(headings.slice(0, 4)).toEqual(['Do this first', 'Who fails, who does not?', 'What changed?', 'Why?']);
});

test('the matrix is a table that says in its first column what separates', async ({ told }) => {
  const { page } = told;
  told.happens(waiting());
  await told.open();
  const table = page.getByRole('table', { name: /Replicas, failing first/ });

  await expect(table.getByRole('columnheader').nth(1)).toHaveText('node separates');
  await expect(table.getByRole('rowheader', { name: /failing: CrashLoopBackOff/ })).toHaveCount(2);
  const cells = table.getByRole('row', { name: /56png failing/ }).getByRole('cell');
  await expect(cells.first()).toHaveText('node-worker-3 (as most failing)');
  await expect(table.getByRole('row', { name: /^p, corrected/ })).toContainText('0.17, 0.33');
  await expect(page.getByText('pod network 10.244.3.0/24 splits them exactly like node.')).toBeVisible();
});

test('suspects and acquitted are told apart in words, and the drawing has its list', async ({ told }) => {
  const { page } = told;
  told.happens(waiting());
  await told.open();
  const changed = page.getByRole('region', { name: 'What changed?' });

  await expect(changed.getByRole('listitem').filter({ hasText: 'Rolled out revision 22' })).toContainText('acquitted');
  await expect(changed.getByRole('listitem').filter({ hasText: 'Starting: kube-proxy' })).toContainText('suspect');
  await expect(changed.getByRole('img')).toHaveAccessibleName(/The onset is at 12:47:04 UTC. 3 of 14 changes are numbered/);
  await expect(changed.getByRole('img')).toHaveAccessibleName(/is 22.4 % at 12:48:33 UTC; alert above 5 %/);
});

test('the cascade is a picture that can be read, from cause to symptom', async ({ told }) => {
  const { page } = told;
  told.happens(waiting());
  await told.open();

  await expect(
    page.getByRole('img', { name: /^A chain: kube-proxy may use 66Mi of memory; then: .* then: payment-service 5xx rate > 5%\.$/ }),
  ).toBeVisible();
});

test('evidence opens in place, with the command that shows the same', async ({ told }) => {
  const { page } = told;
  told.happens(waiting());
  await told.open();
  const claim = page
    .getByRole('region', { name: 'Why?' })
    .getByRole('listitem')
    .filter({ hasText: 'node-worker-3 has no rule for payments/postgres' })
    .first();

  await expect(claim.getByRole('button')).toHaveCount(0);
  await claim.getByText('evidence (2)').click();
  await expect(claim.locator('code').first()).toHaveText(/^ssh node-worker-. 'sudo iptables/);
  await expect(claim.locator('.excerpt').first()).not.toBeEmpty();
});

test('a command is copied as it is typed', async ({ told }) => {
  const { page } = told;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  told.happens(waiting());
  await told.open();
  const cordon = page.locator('.command').filter({ hasText: 'kubectl cordon node-worker-3' }).first();
  await cordon.getByRole('button', { name: 'Copy command' }).click();

  await expect(cordon.getByText('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('kubectl cordon node-worker-3');
});

test('where the cause cannot be told, that is the answer, and what would tell is named', async ({ told }) => {
  const { page } = told;
  await told.open('zone');

  await expect(page.getByText('The evidence does not tell why yet. These fit; each says what would raise or destroy it.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What would tell' }).first()).toBeVisible();
});

test('nothing found is not called healthy where the page names a workload that was not looked at', async ({ told }) => {
  const { page } = told;
  await told.open('healthy');
  await expect(page.getByText('no workload that the page is about')).toBeVisible();

  told.happens([({ view }) => ({ view: withoutMatrix(view) })], 'healthy');
  await expect(page.getByText('The pods could not be looked at, so nothing is said about their health.')).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: 'the pods could not be looked at' })).toBeVisible();
});

function withoutMatrix({ investigation }: ReturnType<typeof investigated>['view']): Partial<ReturnType<typeof investigated>['view']> {
  if (investigation === undefined) return {};
  const { matrix: _matrix, ...scope } = investigation.scope;
  return { investigation: { ...investigation, scope } };
}

test('notes are kept while one walks about, saved on demand, and never overwrite a colleague silently', async ({ told }) => {
  const { page, server } = told;
  told.happens(waiting());
  await told.open();
  const notes = page.getByRole('textbox', { name: /What a colleague should know/ });
  await notes.fill('Called the platform team.');
  await page.getByRole('link', { name: 'Incidents' }).click();
  await page.getByRole('link', { name: /payment-service 5xx/ }).click();
  await expect(notes).toHaveValue('Called the platform team.');
  await expect(page.getByText('Not saved yet; kept in this tab.')).toBeVisible();

  told.happens([(_told, at) => ({ view: { notes: { at, by: 'grace', text: 'I am on it.' } } })]);
  await expect(page.getByText('grace has saved other notes since you began.')).toBeVisible();
  await page.getByRole('button', { name: 'Save the notes' }).click();
  await expect(page.getByText('Saved by ada')).toBeVisible();
  expect(server.wishes).toEqual([{ incident: nightId, to: 'notes', body: { text: 'Called the platform team.' } }]);
});

test('a link that a browser would run is only text', async ({ told }) => {
  const { page } = told;
  told.happens([
    ...waiting(),
    (_told, at) => ({ view: { deliveries: [{ at, target: 'chat', what: 'A message', link: 'javascript:alert(1)' }] } }),
  ]);
  await told.open();

  await expect(page.getByText('A message')).toBeVisible();
  await expect(page.getByRole('link', { name: 'A message' })).toHaveCount(0);
});

test('on a phone the one thing to do is within reach of a thumb, wherever one reads', async ({ told }) => {
  const { page } = told;
  await page.setViewportSize({ width: 390, height: 844 });
  told.happens(waiting());
  await told.open();
  const approve = page.getByRole('button', { name: 'Approve …' });

  for (const place of [0, 3_000, 6_000]) {
    await page.evaluate((top) => window.scrollTo({ top, behavior: 'instant' }), place);
    const box = await approve.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeGreaterThan(780);
    expect(box?.height).toBeGreaterThanOrEqual(52);
  }
});
