import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IncidentListItem, IncidentView } from '../../src/surfaces/http/contract.ts';
import { readState } from '../acting/object-state.ts';
import { firingSince, inSeedNight, leftBehind, sampled, servedAgain, servedSince } from '../acting/seed-night.ts';
import { waitForPage } from '../framework/page.ts';
import { sourceDirectory, stateDirectory } from '../layout.ts';
import { say, step } from '../progress.ts';
import { runProgram, waitFor } from '../run-program.ts';
import { scenario } from '../scenarios/kube-proxy-out-of-memory.ts';
import { isUp } from '../up.ts';
import { type GithubPeer, startGithub } from './github-peer.ts';
import { judgeNight, type Night } from './judge-night.ts';
import {
  approve,
  approveButton,
  type Browsing,
  cardOf,
  gateButton,
  openBrowser,
  openIncident,
  type Person,
  readReport,
  signIn,
  watchUntilReady,
  writeNotes,
} from './person.ts';
import { type ServedStanch, startServed } from './served-stanch.ts';

/** How long after the webhook the page may take to show what to do, ready to be approved. */
const readyWithinSeconds = 10;
const alert = { name: scenario.alert ?? '', summary: 'payment-service 5xx rate > 5%' };
/** Where pictures and output of the last run are. */
const directory = join(stateDirectory, 'serve-seed');

const wrong = await serveSeed().catch((cause: unknown) => [cause instanceof Error ? cause.message : String(cause)]);
for (const line of wrong) console.log(`    ${line}`);
console.log(`Pictures and output: ${directory}`);
console.log(wrong.length === 0 ? '1 passed, 0 failed, 0 skipped' : '0 passed, 1 failed, 0 skipped');
process.exitCode = wrong.length === 0 ? 0 : 1;

/**
 * The seed's incident on the page: Prometheus, Alertmanager and its webhook as they are, the shipped server, and a person in a
 * Chromium. Runs on the network of the desk. Returns what was not as it should be.
 */
async function serveSeed(): Promise<readonly string[]> {
  if (!(await isUp())) throw new Error('It needs the lab, and it is not up. Start it with: npm run lab -- up');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const root = join(sourceDirectory, '..');
  await step('Building the page', () =>
    runProgram(['sh', 'tools/run.sh', 'vite', 'build', '--config', 'web/vite.config.ts'], { directory: root }),
  );
  const work = await mkdtemp(join(tmpdir(), 'stanch-serve-seed-'));
  const github = await startGithub();
  const browser = await openBrowser();
  try {
    const server = await startServed({ directory: work, github });
    try {
      return await inSeedNight(() => night({ browsing: { browser, directory }, server, github }));
    } finally {
      const { errors } = await server.stop();
      await writeFile(join(directory, 'server.log'), errors);
    }
  } finally {
    await browser.close();
    await github.close();
    await rm(work, { recursive: true, force: true });
  }
}

interface Place {
  readonly browsing: Browsing;
  readonly server: ServedStanch;
  readonly github: GithubPeer;
}

async function night({ browsing, server, github }: Place): Promise<readonly string[]> {
  const since = new Date();
  const before = await readState();
  const wall = await signIn(browsing, 'wall', server.token);
  if ((await server.ask<Listed>(listPath)).incidents.length > 0)
    throw new Error('Stanch was paged before the cluster was written down as it was. Run it again; nothing was judged.');
  const incident = await step('Waiting for the page', () => incidentOf(server));
  const readyAt = await watchUntilReady(wall, incident, 120);
  const { pages } = await server.ask<IncidentView>(pathOf(incident));
  const late = judgeReady(readyAt, pages);
  await wall.picture('ready');
  await wall.page.context().close();
  await step('Waiting for the symptom', async () => scenario.symptom?.());
  // The pager is told as before.
  const page = await waitForPage({ alert: alert.name, since });
  const person = await signIn(browsing, 'phone', server.token);
  const { result, samples } = await sampled(() =>
    workOnThePage(person, server, incident).catch(async (cause: unknown) => {
      await person.picture('stuck');
      throw cause;
    }),
  );
  const wrong = judgeNight({ ...result, issues: github.issues, remindersAt: server.remindersAt() });
  await writeFile(join(directory, 'incident.json'), `${JSON.stringify(result.view, undefined, 1)}\n`);
  await writeFile(join(directory, 'incident.md'), result.report);
  const left = await leftBehind(before);
  const { status, errors } = await server.stop();
  return [
    ...late,
    ...judgeServed(servedSince(samples), page),
    ...wrong,
    ...github.refused.map((line) => `refused by the ticket system: ${line}`),
    ...left,
    ...(status === 0 ? [] : [`stanch serve ended with status ${status ?? 'of a signal'}`]),
    ...errors.split('\n').filter((line) => line.includes('"level":"error"')),
  ];
}

interface Listed {
  readonly incidents: readonly IncidentListItem[];
}

const listPath = '/incidents?which=all&limit=20';

function pathOf(incident: string): string {
  return `/incidents/${encodeURIComponent(incident)}`;
}

async function incidentOf(server: ServedStanch): Promise<string> {
  let incident = '';
  await waitFor({
    what: `an incident that Alertmanager's webhook brought`,
    withinSeconds: 240,
    everyMilliseconds: 200,
    check: async () => {
      const { incidents } = await server.ask<Listed>(listPath);
      incident = incidents.find((each) => each.alert === alert.name)?.id ?? '';
      return incident !== '' || `${incidents.length} incidents, none of them is ${alert.name}`;
    },
  });
  return incident;
}

function judgeReady(readyAt: number, pages: IncidentView['pages']): readonly string[] {
  const webhookAt = Math.min(...pages.map(({ at }) => Date.parse(at)));
  const seconds = (readyAt - webhookAt) / 1000;
  console.log(`webhook → shown with its mitigation ready to be approved: ${seconds.toFixed(1)} s (limit ${readyWithinSeconds} s)`);
  return seconds <= readyWithinSeconds ? [] : [`shown ready ${seconds.toFixed(1)} s after the webhook, wanted ${readyWithinSeconds} s`];
}

function judgeServed(servedFrom: number | undefined, page: string): readonly string[] {
  if (servedFrom === undefined) return [`the error rate did not stay below ${servedAgain} by the end`];
  console.log(`alert → users served again: ${((servedFrom - firingSince(page)) / 1000).toFixed(0)} s, with the time to read`);
  return [];
}

const written = 'Worked on in the lab by a person on a phone.';

/** From the list to the reminder, with nothing but what the page offers. */
async function workOnThePage(person: Person, server: ServedStanch, incident: string): Promise<Omit<Night, 'issues' | 'remindersAt'>> {
  const { page, picture } = person;
  await openIncident(person, alert);
  await picture('opened');
  const mitigation = await approve(person, 'mitigation');
  await step('Waiting for the recovery to be confirmed', () => worked(cardOf(person, 'to stop the bleeding'), 300));
  await picture('recovery-confirmed');
  await step('Waiting for the repair to be proposed', () => approveButton(page).waitFor({ timeout: 300_000 }));
  await page.getByRole('region', { name: 'Why?' }).scrollIntoViewIfNeeded();
  await picture('cause');
  const repair = await approve(person, 'repair');
  await writeNotes(person, written);
  await step('Waiting for the gate and the end', () => untilClosed(person));
  await picture('closed');
  const told = page.getByRole('region', { name: 'Who was told' });
  await told
    .getByRole('link', { name: /^ticket: / })
    .first()
    .waitFor({ timeout: 60_000 });
  await told.scrollIntoViewIfNeeded();
  await picture('ticket-and-reminder');
  const links = await told.getByRole('link').all();
  return {
    view: await server.ask<IncidentView>(pathOf(incident)),
    read: { mitigation, repair },
    written,
    report: await readReport(person),
    linked: (await Promise.all(links.map((link) => link.getAttribute('href')))).flatMap((address) => address ?? []),
  };
}

async function worked(card: ReturnType<typeof cardOf>, withinSeconds: number): Promise<void> {
  await card
    .getByText('It worked', { exact: true })
    .first()
    .waitFor({ timeout: withinSeconds * 1000 });
}

/** Where the gate stays closed, a person has it looked at again. */
async function untilClosed(person: Person): Promise<void> {
  const closed = person.page.getByText('Closed', { exact: true }).first();
  const again = gateButton(person);
  for (let pressed = 0; pressed < 4; pressed += 1) {
    await closed.or(again).first().waitFor({ timeout: 300_000 });
    if (await closed.isVisible()) return;
    say('The gate is closed; the person has it looked at again.');
    await again.click();
    await again.waitFor({ state: 'hidden' });
  }
  throw new Error('The gate was looked at four times, and stayed closed.');
}
