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

test.describe('with somewhere else to sign in', () => {
  test.use({ telling: { answers: () => [], more: () => [], openId: { name: 'Example' } } });

  test('leads there, and comes back to what was asked for', async ({ told }) => {
    const { page, address } = told;
    await page.goto(`${address}/incidents/${nightId}`);
    const link = page.getByRole('link', { name: 'Sign in with Example' });
    await expect(link).toHaveAttribute('href', `/api/v1/session/openid?back=${encodeURIComponent(`/incidents/${nightId}`)}`);
  });

  test('says why it came to nothing, in words of our own', async ({ told }) => {
    const { page, address } = told;
    await page.goto(`${address}/?sign-in=no-role`);
    await expect(page.getByRole('alert')).toContainText('in none of the groups that may use Stanch');
    await page.goto(`${address}/?sign-in=Call+this+number`);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('nowhere else to sign in is offered where there is none', async ({ told }) => {
  await told.page.goto(`${told.address}/`);
  await expect(told.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(told.page.getByRole('link', { name: /Sign in with/ })).toHaveCount(0);
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
