import { kept } from './investigations.ts';
import { approved, carriedOut } from './night.ts';
import { expect, nightId, test, waiting } from './told-page.ts';

test('an incident grows in front of whoever looks, and is told to whoever listens', async ({ told }) => {
  const { page } = told;
  await told.open();
  await expect(page.getByText('Waiting to be looked at')).toBeVisible();
  const [looking, ...rest] = waiting();
  told.happens(looking === undefined ? [] : [looking]);
  await expect(page.getByText('Reading pods, nodes and events of 3 namespaces')).toBeVisible();

  told.happens(rest);
  await expect(page.getByRole('heading', { name: 'Who is failing, and who is healthy?' })).toBeVisible();
  await expect(page.getByText('has been failing since 12:47:04').first()).toBeVisible();
  // A thought more or less would be one that was drawn over another.
  await expect(page.locator('.entry')).toHaveCount(
    3 + kept('seed').thoughts.filter(({ phase }) => phase !== 'diagnose' && phase !== 'repair').length,
  );
  await expect(page.getByRole('status')).toContainText(/Waiting for your approval|Planned/);
  await expect(page).toHaveTitle(/^Waiting for your approval: payment-service 5xx rate/);
  await expect(page.getByText('Reading pods, nodes and events of 3 namespaces')).toHaveCount(0);
});

test('a cut connection is told with its time, and taken up again without a gap or a double', async ({ told }) => {
  const { page, server } = told;
  told.happens(waiting());
  await told.open();
  const titles = page.locator('.entry-title');
  await expect(titles.last()).toHaveText(/^Planned/);

  server.cut();
  await expect(page.getByText('not connected', { exact: true })).toBeVisible();
  await expect(page.getByText(/Not connected since \d\d:\d\d:\d\d UTC/)).toBeVisible();
  await expect(page.getByRole('main')).toHaveClass(/is-stale/);
  await expect(page.getByRole('status')).toContainText('Connection lost');
  told.happens([approved(1, 'ada'), ...carriedOut(1).slice(0, 3)]);
  server.mend();

  await expect(page.getByText('live', { exact: true })).toBeVisible({ timeout: 25_000 });
  await expect(page.getByRole('main')).not.toHaveClass(/is-stale/);
  await expect(titles).toHaveText([
    /^Paged/,
    'Looked at what is wrong',
    /^Planned/,
    'Approved by ada',
    'Saved the evidence first',
    'Carried out',
    'Carried out',
  ]);
  await expect(page.locator('.answer-state')).toContainText('Acting');
});

test('a connection that merely falls silent is noticed, and another one is opened', async ({ told }) => {
  const { page, server } = told;
  told.happens(waiting());
  await told.open();
  server.fallSilent();
  await page.clock.install();
  await page.reload();
  await page.getByText('live', { exact: true }).waitFor();

  const before = server.streamsOpened;
  await page.clock.fastForward(24_000);
  expect(server.streamsOpened).toBe(before);
  await page.clock.fastForward(4_000);
  await expect.poll(() => server.streamsOpened).toBe(before + 1);
});

test('a server that is not there is said, and is tried again', async ({ told }) => {
  const { page, server, address } = told;
  await told.signIn();
  await page.goto(`${address}/`);
  const incident = page.getByRole('link', { name: /payment-service 5xx rate/ });
  await incident.waitFor();
  server.cut();
  await incident.click();

  await expect(page.getByText('the server was not reached')).toBeVisible({ timeout: 20_000 });
  server.mend();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('payment-service 5xx rate > 5%');
});

test('times grow old by the clock of the server, whatever the own one says', async ({ told }) => {
  const { page } = told;
  told.happens(waiting());
  told.wait(5 * 60_000);
  await told.open();

  await expect(page.locator('.answer-state')).toContainText('opened 5 min ago');
});

test('an incident that does not exist is said to be missing, with a way back', async ({ told }) => {
  const { page, address } = told;
  await told.signIn();
  await page.goto(`${address}/incidents/no-such`);

  await expect(page.getByText('there is no incident no-such')).toBeVisible();
  await page.getByRole('link', { name: 'All incidents' }).click();
  await expect(page).toHaveURL(`${address}/`);
  await expect(page.getByRole('link', { name: /payment-service 5xx rate/ })).toHaveAttribute('href', `/incidents/${nightId}`);
});
