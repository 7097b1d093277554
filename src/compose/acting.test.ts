import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { act } from './acting.ts';
import { openDatabase } from './database.ts';
import type { ActRequest, ActSettings, People } from '../surfaces/command-line/acting-composition.ts';

const pods = JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'cart', namespace: 'shop' } }] });

const people: People = {
  announcer: { announce: () => undefined },
  follower: { happened: () => undefined, rehearsed: () => undefined },
  approver: { ask: () => Promise.resolve({ answer: 'nobody' }) },
};

interface Kept {
  readonly id: string;
  readonly settings: ActSettings;
}

/** An incident of the cluster "production", looked at where another cluster is by now. */
async function incidentElsewhere(): Promise<Kept> {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-compose-acting-'));
  const recording = join(folder, 'staging');
  mkdirSync(recording);
  writeFileSync(join(recording, 'pods.json'), pods);
  const settings = { database: `sqlite:${join(folder, 'stanch.db')}`, soakMilliseconds: 1000, withinMilliseconds: 1000 };
  const opened = await openDatabase(settings.database, () => undefined);
  if (opened.state === 'failed') throw new Error(opened.happened);
  const source = { recording, lookBackMilliseconds: 1000, budgetSeconds: 60 };
  const created = await opened.store.incidents.create({ kind: 'opened', at: 0, by: 'ada@laptop', cluster: 'production', source });
  await opened.store.close();
  if (created.state === 'failed') throw new Error(created.happened);
  return { id: created.id, settings };
}

test.each<(kept: Kept) => ActRequest>([
  ({ id, settings }) => ({ kind: 'resume', incident: id, settings, isFollowedThrough: true }),
  ({ id, settings }) => ({ kind: 'restore', incident: id, settings }),
  ({ id, settings }) => ({ kind: 'undo', incident: id, settings }),
])('an incident is not taken up in another cluster than its own', async (requestFor) => {
  const kept = await incidentElsewhere();

  expect(await act(requestFor(kept), people, new AbortController().signal)).toEqual({
    state: 'failed',
    attempted: `working incident ${kept.id}`,
    happened: 'it is of the cluster production, and this is the cluster staging; nothing was done here',
    whatToDo: 'Point the kubeconfig at that cluster (kubectl config use-context, KUBECONFIG) and run it again',
  });
});

test('names that lead elsewhere are only names of incidents that there are not', async () => {
  const { settings } = await incidentElsewhere();

  expect(await act({ kind: 'undo', incident: '../../etc/passwd', settings }, people, new AbortController().signal)).toMatchObject({
    state: 'failed',
    happened: 'there is no such incident',
  });
});
