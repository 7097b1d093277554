import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleNight } from '../writing/example-night.ts';
import { openSqliteServerStore } from '../stores/sqlite/sqlite-server-store.ts';
import { listIncidents } from './incidents.ts';

test('incidents are listed in the words of the API: whoever waits for a person is not just "open"', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stanch-incidents-'));
  const path = join(directory, 'stanch.db');
  const opened = openSqliteServerStore(path);
  if (opened.state === 'failed') throw new Error(opened.happened);
  const { incidents, close } = opened.store;
  const [opening] = exampleNight();
  if (opening?.kind !== 'opened') throw new Error('The night does not begin.');
  const { at, by } = opening;
  const put = async (...happenings: readonly object[]): Promise<void> => {
    const created = await incidents.create(opening);
    if (created.state === 'failed') throw new Error(created.happened);
    await incidents.append(
      created.id,
      1,
      happenings.map((each) => ({ at, by, ...each }) as typeof opening),
    );
  };
  const investigated = exampleNight().find(({ kind }) => kind === 'investigated');
  await put();
  await put(investigated ?? {}, { kind: 'no-plan', purpose: 'mitigate', because: 'Nothing fits.' });
  await put({ kind: 'aborted', because: 'ada stopped it' });
  await close();

  const listed = await listIncidents({ database: `sqlite:${path}` }, 50);
  await rm(directory, { recursive: true });

  expect(listed.state === 'listed' && listed.incidents.map(({ state }) => state).toSorted()).toEqual(['aborted', 'needs-human', 'queued']);
});
