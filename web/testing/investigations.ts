import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IncidentView } from '../../src/surfaces/http/contract.ts';

export type Investigation = NonNullable<IncidentView['investigation']>;

/** Recordings that the page is tried with: each shows something that the others do not. */
export const recordings = {
  seed: 'kube-proxy-rules-incomplete/the-seed',
  revision: 'bad-revision/every-pod-of-the-new-revision',
  zone: 'cannot-tell/one-zone',
  blocked: 'matching-nodes-cordoned/matching-nodes-cordoned',
  stale: 'alert-stale/scrape-died',
  healthy: 'healthy/nothing-wrong',
} as const;

export type Recorded = keyof typeof recordings;

const program = fileURLToPath(new URL('../../src/surfaces/command-line/main.ts', import.meta.url));
const mostBytes = 50_000_000;

/** What the program itself makes of a recording: the page is tried with nothing that somebody wrote by hand. */
export function investigate(recorded: Recorded): Promise<Investigation> {
  const recording = fileURLToPath(new URL(`../../recordings/${recordings[recorded]}`, import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, 'investigate', '--recording', recording, '--output', 'json'],
      { maxBuffer: mostBytes },
      (_status, output, complaint) => {
        // Every status but 3 comes with an answer.
        if (output === '') reject(new Error(`Investigating ${recording} gave no answer: ${complaint}`));
        else resolve(JSON.parse(output) as Investigation);
      },
    );
  });
}

const folderVariable = 'STANCH_PAGE_INVESTIGATIONS';

/** Investigates all of them once, for every process that the tests run in. What it returns takes them away again. */
export async function keepInvestigations(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-page-'));
  await Promise.all(
    (Object.keys(recordings) as Recorded[]).map(async (recorded) =>
      writeFileSync(join(folder, `${recorded}.json`), JSON.stringify(await investigate(recorded))),
    ),
  );
  process.env[folderVariable] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

export function kept(recorded: Recorded): Investigation {
  return JSON.parse(readFileSync(join(process.env[folderVariable] ?? '', `${recorded}.json`), 'utf8')) as Investigation;
}
