import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyObjects, readManifest } from '../cluster/kubectl.ts';
import { waitForPage } from '../framework/page.ts';
import { paymentErrorRate, waitForHealth } from '../framework/shop.ts';
import { desk, imageRegistry, kubeconfigPath, prometheusUrl, sourceDirectory, stateDirectory } from '../layout.ts';
import { inNetworkOf } from '../machine/network.ts';
import { say, step } from '../progress.ts';
import { pause, tryProgram } from '../run-program.ts';
import { scenario } from '../scenarios/kube-proxy-out-of-memory.ts';
import { differenceOf, leftovers, readState } from './object-state.ts';

/** Users are served again below this share of failed requests. */
const servedAgain = 0.01;
const mitigatedWithinSeconds = 90;

interface Sample {
  readonly at: number;
  readonly rate: number | undefined;
}

/** The seed's incident from page to reminder in one command, with a policy instead of a human. Returns what was not as it should be. */
export async function seedIncident(): Promise<readonly string[]> {
  const since = new Date();
  const work = await mkdtemp(join(tmpdir(), 'stanch-seed-'));
  try {
    await step('Breaking: kube-proxy-out-of-memory', scenario.break);
    await step('Waiting for the symptom', async () => scenario.symptom?.());
    const page = await waitForPage({ alert: scenario.alert ?? '', since });
    const before = await readState();
    const { samples, answer, finished } = await respond(page, work);
    await writeFile(join(stateDirectory, 'seed-incident.txt'), answer.output + answer.errors);
    const after = await readState();
    return [
      ...judgeSpeed(samples, page),
      ...(answer.status === 0 ? [] : [`stanch mitigate ended with status ${answer.status}: ${answer.errors.trim().slice(-500)}`]),
      ...judgeNotes(answer.output),
      ...differenceOf(before, after).filter((line) => !isIntended(line)),
      ...(await leftovers()),
      ...(finished ? [] : ['it did not end by itself']),
    ];
  } finally {
    await rm(work, { recursive: true, force: true });
    await step('Healing', scenario.heal);
    // The repair was meant to stay; the next run needs the incident's old limit again.
    await step('Taking the repair back', async () => applyObjects(await readManifest('kube-proxy.yaml')));
    await step('Waiting for health', () => waitForHealth());
  }
}

/** Runs the shipped command line as the page does it, and reads the shop's error rate meanwhile, once a second. */
async function respond(page: string, work: string): Promise<{ samples: readonly Sample[]; answer: Answer; finished: boolean }> {
  const options = [
    `--kubeconfig=${kubeconfigPath}`,
    `--prometheus=${prometheusUrl}`,
    '--alert=-',
    // From the pod network of a cordoned node only a pod that is pinned to it can try a connection, and the gate wants that.
    '--node-access=debug-pod',
    `--debug-image=${imageRegistry}/shop/checkout:1.18.2`,
    '--allow-exec',
    `--policy=${join(sourceDirectory, 'acting', 'night-policy.yaml')}`,
    `--database=sqlite:${join(work, 'stanch.db')}`,
    '--follow-through',
    '--time-zone=Europe/Berlin',
  ];
  const vector = inNetworkOf(desk.name, [join(sourceDirectory, '..', 'stanch'), 'mitigate', ...options]);
  const samples: Sample[] = [];
  let finished = false;
  const running = tryProgram(vector, { timeoutMilliseconds: 900_000, input: page }).finally(() => {
    finished = true;
  });
  while (!finished) {
    samples.push({ at: Date.now(), rate: await paymentErrorRate() });
    await pause(1000);
  }
  return { samples, answer: await running, finished };
}

type Answer = Awaited<ReturnType<typeof tryProgram>>;

function judgeSpeed(samples: readonly Sample[], page: string): readonly string[] {
  const startsAt = Math.max(
    ...(JSON.parse(page) as { readonly alerts: readonly { readonly startsAt: string }[] }).alerts.map((each) => Date.parse(each.startsAt)),
  );
  const served = samples.find(({ rate }, index) => isServed(rate) && samples.slice(index).every((later) => isServed(later.rate)));
  if (served === undefined) return [`the error rate did not stay below ${servedAgain} by the end`];
  const seconds = (served.at - startsAt) / 1000;
  say(`The error rate is below ${servedAgain} from ${seconds.toFixed(0)} s after the alert began to fire.`);
  return seconds <= mitigatedWithinSeconds ? [] : [`mitigated ${seconds.toFixed(0)} s after the alert, wanted ${mitigatedWithinSeconds} s`];
}

function isServed(rate: number | undefined): boolean {
  return rate !== undefined && rate < servedAgain;
}

function judgeNotes(output: string): readonly string[] {
  const wanted = [/cordon/i, /evict/i, /Service rules are incomplete|kube-proxy-rules-incomplete/i, /uncordon/i, /tomorrow|09:00/i];
  return wanted.filter((each) => !each.test(output)).map((each) => `the notes do not say ${each.source}`);
}

/** Only this is meant to differ: the daemon's memory limit. */
function isIntended(line: string): boolean {
  return /^DaemonSet kube-system\/kube-proxy: spec\.template\.spec\.containers.*limits\.memory/.test(line);
}
