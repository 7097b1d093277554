import { describe, expect, test } from 'vitest';
import { ada, serverOf, testScene } from './testing-server.contract.ts';

describe('an access token', () => {
  test.each([
    ['a moment ago', -1],
    ['now', 0],
  ])('that runs out %s is not made', async (_, milliseconds) => {
    const scene = testScene();
    const { incidents } = serverOf(scene);
    const expiresAt = scene.time.now() + milliseconds;

    expect(await incidents.createToken({ name: 'bob', role: 'view', expiresAt }, ada)).toEqual({
      state: 'refused',
      because: 'expiresAt has passed: nobody could use it',
    });
    expect(await incidents.listTokens()).toMatchObject([{ name: 'ada' }]);
  });

  test('is in the audit log before anybody has its secret', async () => {
    const { incidents } = serverOf(testScene());
    await incidents.createToken({ name: 'bob', role: 'view' }, ada);

    expect(await incidents.readAudit({ limit: 9 })).toMatchObject([
      { by: 'ada', credential: 'token token-ada', what: 'create-token', result: 'done', detail: expect.stringContaining('view "bob"') },
    ]);
  });

  test('that runs out later is made', async () => {
    const scene = testScene();
    const { incidents } = serverOf(scene);
    const expiresAt = scene.time.now() + 1;

    expect(await incidents.createToken({ name: 'bob', role: 'view', expiresAt }, ada)).toMatchObject({
      state: 'created',
      token: { expiresAt },
    });
    expect(await incidents.listTokens()).toMatchObject([{ name: 'ada' }, { name: 'bob', expiresAt }]);
  });
});
