import { expect, test } from 'vitest';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import { startTestingHttp } from './testing-http.ts';

test('whether it is ready is told to everybody, and why it is not only to the log, once', async () => {
  const answer: { isThere: boolean } = { isThere: false };
  const failure = { state: 'failed', attempted: 'asking', happened: 'db.internal refused the user stanch', whatToDo: 'Mend it' } as const;
  const store = {
    ...serverStoreInMemory().open(),
    check: () => Promise.resolve(answer.isThere ? ({ state: 'ready' } as const) : failure),
  };
  const http = await startTestingHttp({ store });
  const first = await http.ask('/readyz');
  http.clock.advance(1000);
  const second = await http.ask('/readyz');
  answer.isThere = true;
  http.clock.advance(1000);
  const third = await http.ask('/readyz');
  await http.stop();

  expect([first.status, second.status, third.status, third.json]).toEqual([503, 503, 200, { state: 'ready' }]);
  expect(first.text).not.toContain('internal');
  expect(http.logged.filter(({ happened }) => happened === 'the server is not ready').map(({ fields }) => fields)).toEqual([
    { because: 'db.internal refused the user stanch' },
  ]);
});
