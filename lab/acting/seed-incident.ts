import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitForPage } from '../framework/page.ts';
import { desk, kubeconfigPath, prometheusUrl, sourceDirectory, stateDirectory } from '../layout.ts';
import { inNetworkOf } from '../machine/network.ts';
import { say, step } from '../progress.ts';
import { type ProgramResult, tryProgram } from '../run-program.ts';
import { scenario } from '../scenarios/kube-proxy-out-of-memory.ts';
import { readState } from './object-state.ts';
import { firingSince, inSeedNight, leftBehind, missingInNotes, sampled, servedSince, toldInNotes } from './seed-night.ts';
import { lookInside } from './stanch-run.ts';

/** Users are served again below this share of failed requests. */
const servedAgain = 0.01;
const mitigatedWithinSeconds = 90;

/** The seed's incident from page to reminder in one command, with a policy instead of a human. Returns what was not as it should be. */
export async function seedIncident(): Promise<readonly string[]> {
  const since = new Date();
  const work = await mkdtemp(join(tmpdir(), 'stanch-seed-'));
  try {
    return await inSeedNight(async () => {
      await step('Waiting for the symptom', async () => scenario.symptom?.());
      const page = await waitForPage({ alert: scenario.alert ?? '', since });
      const before = await readState();
      const { samples, result } = await sampled(() => respond(page, work));
      await writeFile(join(stateDirectory, 'seed-incident.txt'), result.output + result.errors);
      return [
        ...judgeSpeed(servedSince(samples, servedAgain), page),
        ...(result.status === 0 ? [] : [`stanch mitigate ended with status ${result.status}: ${result.errors.trim().slice(-500)}`]),
        ...missingInNotes(result.output, [...toldInNotes, /evict/i, /reminder, due \d{4}-\d\d-\d\d 09:00 Europe\/Berlin/]),
        ...(await leftBehind(before)),
      ];
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Runs the shipped command line as the page does it. */
function respond(page: string, work: string): Promise<ProgramResult> {
  const options = [
    `--kubeconfig=${kubeconfigPath}`,
    `--prometheus=${prometheusUrl}`,
    '--alert=-',
    ...lookInside,
    `--policy=${join(sourceDirectory, 'acting', 'night-policy.yaml')}`,
    `--database=sqlite:${join(work, 'stanch.db')}`,
    '--follow-through',
    '--time-zone=Europe/Berlin',
  ];
  const vector = inNetworkOf(desk.name, [join(sourceDirectory, '..', 'stanch'), 'mitigate', ...options]);
  return tryProgram(vector, { timeoutMilliseconds: 900_000, input: page });
}

function judgeSpeed(servedFrom: number | undefined, page: string): readonly string[] {
  if (servedFrom === undefined) return [`the error rate did not stay below ${servedAgain} by the end`];
  const seconds = (servedFrom - firingSince(page)) / 1000;
  say(`The error rate is below ${servedAgain} from ${seconds.toFixed(0)} s after the alert began to fire.`);
  return seconds <= mitigatedWithinSeconds ? [] : [`mitigated ${seconds.toFixed(0)} s after the alert, wanted ${mitigatedWithinSeconds} s`];
}
