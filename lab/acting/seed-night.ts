import { applyObjects, readManifest } from '../cluster/kubectl.ts';
import { paymentErrorRate, waitForHealth } from '../framework/shop.ts';
import { step } from '../progress.ts';
import { pause } from '../run-program.ts';
import { scenario } from '../scenarios/kube-proxy-out-of-memory.ts';
import { type ClusterState, differenceOf, leftovers, readState } from './object-state.ts';

/** Breaks the lab as the seed tells it, lets somebody work in it, and puts everything back whatever came of that. */
export async function inSeedNight<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    await step(`Breaking: ${scenario.name}`, scenario.break);
    return await work();
  } finally {
    await step('Healing', scenario.heal);
    // The repair was meant to stay; the next run needs the incident's old limit again.
    await step('Taking the repair back', async () => applyObjects(await readManifest('kube-proxy.yaml')));
    await step('Waiting for health', () => waitForHealth());
  }
}

interface Sample {
  readonly at: number;
  /** Absent: Prometheus did not tell. */
  readonly rate: number | undefined;
}

/** Works, and reads the shop's error rate meanwhile, once a second. */
export async function sampled<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly samples: readonly Sample[] }> {
  const samples: Sample[] = [];
  let isOver = false;
  const running = work().finally(() => {
    isOver = true;
  });
  // Whoever awaits it below hears of its failure; until then it is no unhandled one.
  running.catch(() => undefined);
  while (!isOver) {
    samples.push({ at: Date.now(), rate: await paymentErrorRate() });
    await pause(1000);
  }
  return { result: await running, samples };
}

/** When the share of failed requests fell below this and stayed there until the end. Absent: it did not. */
export function servedSince(samples: readonly Sample[], below: number): number | undefined {
  const isServed = ({ rate }: Sample): boolean => rate !== undefined && rate < below;
  return samples.slice(samples.findLastIndex((each) => !isServed(each)) + 1)[0]?.at;
}

/** When the latest alert of a page began to fire. */
export function firingSince(page: string): number {
  const { alerts } = JSON.parse(page) as { readonly alerts: readonly { readonly startsAt: string }[] };
  return Math.max(...alerts.map(({ startsAt }) => Date.parse(startsAt)));
}

/** What the notes of this night have to tell, whoever writes them. */
export const toldInNotes = [/cordon/i, /kube-proxy has not programmed all service rules/, /uncordon/i] as const;

/** What of that they do not tell. */
export function missingInNotes(notes: string, wanted: readonly RegExp[]): readonly string[] {
  return wanted.filter((each) => !each.test(notes)).map((each) => `the notes do not say ${each.source}`);
}

/** What is not as it was before somebody acted, and is not meant to stay. */
export async function leftBehind(before: ClusterState): Promise<readonly string[]> {
  return [...differenceOf(before, await readState()).filter((line) => !isIntended(line)), ...(await leftovers())];
}

/** Only this is meant to differ: the daemon's memory limit. */
function isIntended(line: string): boolean {
  return /^DaemonSet kube-system\/kube-proxy: spec\.template\.spec\.containers.*limits\.memory/.test(line);
}
