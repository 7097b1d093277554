import { kept } from './investigations.ts';
import { approved, carriedOut, gateClosed, wholeAgain } from './night.ts';
import type { Story } from './page-server.ts';
import { expect, investigated, nightId, test, waiting } from './told-page.ts';

const answers: Story['answers'] = ({ to, body }, { name }) => {
  if (to !== 'answer') return [];
  return body['plan'] === 'mark-1'
    ? [body['answer'] === 'yes' ? approved(1, name) : () => ({ view: { state: 'needs-human' } })]
    : 'the plan is another one by now';
};
test.use({ telling: { answers, more: () => [] } });

test('a plan is approved in two steps, and the second shows word for word what will be run', async ({ told }) => {
  const { page, server } = told;
  told.happens(waiting());
  await told.open();

  await page.getByRole('button', { name: 'Approve …' }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('listitem')).toHaveText(kept('seed').mitigations[0]?.commands ?? []);
  await expect(sheet).toContainText('cluster lab');
  expect(server.wishes).toEqual([]);

  await sheet.getByRole('button', { name: 'Run these 3 commands now' }).click();
  await expect(page.getByText('Acting', { exact: true })).toBeVisible();
  await expect(sheet).toBeHidden();
  expect(server.wishes).toEqual([{ incident: nightId, to: 'answer', body: { attempt: 1, plan: 'mark-1', answer: 'yes' } }]);
  await expect(page.getByRole('button', { name: 'Approve …' })).toHaveCount(0);
});

test('whoever hesitates has changed nothing', async ({ told }) => {
  const { page, server } = told;
  told.happens(waiting());
  await told.open();
  const approve = page.getByRole('button', { name: 'Approve …' });

  await approve.click();
  await page.getByRole('button', { name: 'Not yet' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await approve.click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(server.wishes).toEqual([]);
});

test('a plan that has become another one is not approved, and the page says what the server said', async ({ told }) => {
  const { page } = told;
  told.happens([
    ...waiting(),
    ({ view }) => ({ view: { attempts: view.attempts.map((attempt) => ({ ...attempt, plan: 'mark-of-old' })) } }),
  ]);
  await told.open();
  await page.getByRole('button', { name: 'Approve …' }).click();

  await page.getByRole('button', { name: 'Run these 3 commands now' }).click();
  await expect(page.getByRole('alert')).toContainText('the plan is another one by now');
  await expect(page.getByRole('alert')).toContainText('Read the incident again');
});

test('declining takes a reason along', async ({ told }) => {
  const { page, server } = told;
  told.happens(waiting());
  await told.open();
  await page.getByRole('button', { name: 'Decline …' }).click();
  await page.getByRole('textbox', { name: 'Why?' }).fill('the node is being replaced anyway');
  await page.getByRole('button', { name: 'Decline', exact: true }).click();

  await expect(page.getByText('Needs a human', { exact: true })).toBeVisible();
  expect(server.wishes[0]?.body).toEqual({ attempt: 1, plan: 'mark-1', answer: 'no', because: 'the node is being replaced anyway' });
});

test('it is watched until it has worked, and what could not be seen is never drawn as well', async ({ told }) => {
  const { page } = told;
  told.happens([...waiting(), approved(1, 'ada')]);
  await told.open();
  const steps = carriedOut(1);
  told.happens(steps.slice(0, 4));
  await expect(page.getByText('not now: disruption budget payments/payment-service allows none').first()).toBeVisible();

  told.happens(steps.slice(4, 9));
  await expect(page.getByText('replicas not seen · measures 7.1 % · alert firing')).toBeVisible();
  told.happens(steps.slice(9));
  await expect(page.getByRole('article').getByText('It worked').first()).toBeVisible();
  await page.getByText('Look by look').click();
  await expect(page.getByRole('row', { name: /not seen/ })).toHaveCount(1);
  await expect(page.getByRole('img', { name: /^At first: 2 healthy, 2 failing/ })).toBeVisible();
});

test('the gate is asked for, stays closed with its proofs, and opens when all of them hold', async ({ told }) => {
  const { page, server } = told;
  told.happens([...waiting(), approved(1, 'ada'), ...carriedOut(1)]);
  await told.open();
  await page.getByRole('button', { name: 'Check the gate, and put back' }).click();
  await expect.poll(() => server.wishes.map(({ to }) => to)).toEqual(['restore']);

  told.happens([gateClosed]);
  await expect(page.getByText('The repair gate is closed: 1 of 3 proofs hold')).toBeVisible();
  await expect(page.getByText('a pod on node-worker-3 reaches postgres:5432: cannot tell')).toBeVisible();
  await expect(page.getByText('the service rules on node-worker-3 are complete: does not hold')).toBeVisible();

  told.happens(wholeAgain(kept('seed')));
  await expect(page.getByText('Closed', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('make it permanent where it is deployed from')).toBeVisible();
  await expect(page.getByRole('link', { name: /Ticket: Kept for now/ })).toHaveAttribute(
    'href',
    'https://github.example/shop/platform/issues/812',
  );
  // What was set aside is back; the repair stays, and could still be undone.
  await expect(page.getByRole('button', { name: 'Undo …' })).toHaveCount(1);
});

test('an undo shows its command and warns that nothing is checked', async ({ told }) => {
  const { page, server } = told;
  told.happens([...waiting(), approved(1, 'ada'), ...carriedOut(1)]);
  await told.open();
  await page.getByRole('button', { name: 'Undo …' }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('listitem')).toHaveText(['kubectl uncordon node-worker-3']);
  await expect(sheet).toContainText('Nothing is checked before. It is safe only when node-worker-3 is proven whole');
  await sheet.getByRole('button', { name: 'Run this command now' }).click();

  await expect(sheet).toBeHidden();
  expect(server.wishes).toEqual([{ incident: nightId, to: 'undo', body: { attempt: 1 } }]);
});

test('stopping says what stays, and is asked twice', async ({ told }) => {
  const { page, server } = told;
  told.happens(waiting());
  await told.open();
  await page.getByRole('button', { name: 'Stop …' }).click();
  await expect(page.getByRole('dialog')).toContainText('What was done so far stays as it is');
  expect(server.wishes).toEqual([]);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect.poll(() => server.wishes.map(({ to }) => to)).toEqual(['abort']);
});

test('whoever may only look has nothing to press', async ({ told }) => {
  const { page, address } = told;
  told.happens(waiting());
  await told.signIn('viewer');
  await page.goto(`${address}/incidents/${nightId}`);

  await expect(page.getByText('You may look, not act')).toBeVisible();
  await expect(page.getByRole('button', { name: /Approve|Decline|Undo|Stop|I have seen it|Save/ })).toHaveCount(0);
  await expect(page.getByRole('textbox')).toHaveCount(0);
});

test.describe('a blocked plan', () => {
  test.use({ telling: { answers, more: () => [investigated('blocked')] } });

  test('says what blocks it, has its commands barred, and no control that would run it', async ({ told }) => {
    const { page } = told;
    await told.open('blocked');
    const plan = page.getByRole('article').filter({ hasText: 'Blocked: nothing may carry this out' }).first();

    await expect(plan).toContainText('a previous revision is in the history: does not hold');
    await plan.getByText('The whole plan').click();
    await expect(plan.locator('.command-barred code').first()).toHaveText(/^# kubectl rollout undo/);
    await expect(plan.getByRole('button')).toHaveCount(await plan.getByRole('button', { name: 'Copy command' }).count());
    await expect(page.getByRole('button', { name: /Approve/ })).toHaveCount(0);
  });
});
