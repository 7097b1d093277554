import { expect, investigated, nightId, test } from './told-page.ts';

test('whoever is not signed in is asked to, and then sees what was asked for', async ({ told }) => {
  const { page, address } = told;
  await page.goto(`${address}/incidents/${nightId}`);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  await page.getByLabel('Token').fill('not a token');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('no such token');

  await page.getByLabel('Token').fill('operator');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('payment-service 5xx rate > 5%');
  await page.getByRole('link', { name: 'Incidents' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('a session that has ended asks again, wherever that is noticed', async ({ told }) => {
  const { page } = told;
  await told.open();
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'I have seen it' }).click();

  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('every change carries the mark of the session', async ({ told }) => {
  const { page } = told;
  await told.open();
  const request = page.waitForRequest('**/acknowledge');
  await page.getByRole('button', { name: 'I have seen it' }).click();

  expect((await request).headers()['x-stanch-csrf']).toBe('csrf-of-the-tests');
});

test.describe('the list', () => {
  test.use({ telling: { answers: () => [], more: () => [investigated('seed'), investigated('healthy')] } });

  test('has what is open first, each with its state in words', async ({ told }) => {
    const { page, address } = told;
    told.happens([() => ({ view: { state: 'closed' } })], 'healthy');
    told.happens([() => ({ view: { state: 'waiting-for-approval' } })], 'seed');
    await told.signIn();
    await page.goto(`${address}/`);
    const rows = page.getByRole('main').getByRole('listitem');
    await expect(rows).toHaveText([/^Waiting to be looked at/, /^Waiting for your approval/]);

    await page.getByRole('radio', { name: 'All' }).check();
    await expect(rows).toHaveText([/^Waiting to be looked at/, /^Waiting for your approval/, /^Closed/]);
  });

  test('says that it is old when it could not be read again', async ({ told }) => {
    const { page, server, address } = told;
    await told.signIn();
    await page.clock.install();
    await page.goto(`${address}/`);
    await page.getByRole('main').getByRole('listitem').first().waitFor();
    server.cut();
    await page.clock.fastForward(45_000);

    await expect(page.getByText(/^Not connected. This is how it was/)).toBeVisible();
  });
});
