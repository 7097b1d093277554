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
