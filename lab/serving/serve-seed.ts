import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IncidentListItem, IncidentView } from '../../src/surfaces/http/contract.ts';
import { leftovers, readState } from '../acting/object-state.ts';
import { firingSince, inSeedNight, leftBehind, sampled, servedSince } from '../acting/seed-night.ts';
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
/** From where the alert fires. The repair starts every kube-proxy anew, which costs a few requests each. */
const servedBelow = 0.05;
const listPath = '/incidents?which=all&limit=20';
const written = 'Worked on in the lab by a person on a phone.';
/** Where pictures and output of the last run are. */
const directory = join(stateDirectory, 'serve-seed');

const began = new Date();
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
      const place = { browsing: { browser, directory }, server, github };
      const shown = shownReady(place);
      // Where the lab does not even break nobody waits for it.
      shown.catch(() => undefined);
      return await inSeedNight(() => night(place, shown));
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

/** Somebody's screen on the wall, from before the page comes until what to do is ready to be approved. Returns what was wrong about when that was. */
async function shownReady({ browsing, server }: Place): Promise<readonly string[]> {
  const wall = await signIn(browsing, 'wall', server.token);
  const incident = await firstIncident(server);
  const readyAt = await watchUntilReady(wall, incident, 120);
  const { pages } = await server.ask<IncidentView>(pathOf(incident));
  await wall.picture('ready');
  await wall.page.context().close();
  return judgeReady(readyAt, pages);
}

async function night({ browsing, server, github }: Place, shown: Promise<readonly string[]>): Promise<readonly string[]> {
  const late = await step('Waiting for the page', () => shown);
  await step('Waiting for the symptom', async () => scenario.symptom?.());
  // The pager is told as before.
  const page = await waitForPage({ alert: scenario.alert ?? '', since: began });
  await step('Waiting for the look to be over', () => lookedThrough(server));
  const before = await readState();
  const person = await signIn(browsing, 'phone', server.token);
  const { result, samples } = await sampled(() =>
    workOnThePage(person, server).catch(async (cause: unknown) => {
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
    ...judgeServed(servedSince(samples, servedBelow), page),
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

function pathOf(incident: string): string {
  return `/incidents/${encodeURIComponent(incident)}`;
}

/** The incidents of one cause are one by now, and nothing is left of the pods that were looked from. Nothing else was made yet. */
function lookedThrough(server: ServedStanch): Promise<void> {
  return waitFor({
    what: 'one incident that waits for approval, and no pods to look from',
    withinSeconds: 120,
    check: async () => {
      const { incidents } = await server.ask<Listed>(listPath);
      const states = incidents.map(({ state }) => state);
      const left = await leftovers();
      const isOver = left.length === 0 && states.filter((state) => state !== 'joined').join() === 'waiting-for-approval';
      return isOver || `${states.join(', ')}; ${left.join(', ') || 'no pods'}`;
    },
  });
}

/** Of the page that came first: the shop's two alerts fire seconds apart, and the incident of the later one is joined to it. */
async function firstIncident(server: ServedStanch): Promise<string> {
  let incident = '';
  await waitFor({
    what: `an incident that Alertmanager's webhook brought`,
    withinSeconds: 900,
    everyMilliseconds: 200,
    check: async () => {
      const { incidents } = await server.ask<Listed>(listPath);
      incident = incidents.toSorted((one, other) => one.openedAt.localeCompare(other.openedAt))[0]?.id ?? '';
      return incident !== '' || 'no incident';
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
  if (servedFrom === undefined) return [`the error rate did not stay below ${servedBelow} by the end`];
  console.log(`alert → users served again: ${((servedFrom - firingSince(page)) / 1000).toFixed(0)} s, with the time to read`);
  return [];
}

/** From the list to the reminder, with nothing but what the page offers. */
async function workOnThePage(person: Person, server: ServedStanch): Promise<Omit<Night, 'issues' | 'remindersAt'>> {
  const { page, picture } = person;
  const incident = await openIncident(person);
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
  const { closed } = await server.ask<IncidentView>(pathOf(incident));
  const tickets = (closed?.followUps ?? []).filter(({ kind }) => kind === 'ticket').length;
  const links = told.getByRole('link', { name: /^ticket: / });
  await links.nth(Math.max(0, tickets - 1)).waitFor({ timeout: 60_000 });
  await told.scrollIntoViewIfNeeded();
  await picture('ticket-and-reminder');
  return {
    view: await server.ask<IncidentView>(pathOf(incident)),
    read: { mitigation, repair },
    written,
    report: await readReport(person),
    linked: (await Promise.all((await links.all()).map((link) => link.getAttribute('href')))).flatMap((address) => address ?? []),
  };
}

async function worked(card: ReturnType<typeof cardOf>, withinSeconds: number): Promise<void> {
  await card
    .getByText('It worked', { exact: true })
    .first()
    .waitFor({ timeout: withinSeconds * 1000 });
}

/** Where the gate was found closed, a person has it looked at again, and once more. */
async function untilClosed(person: Person): Promise<void> {
  const isClosed = person.page.getByText('Closed', { exact: true }).first();
  const isGateClosed = person.page.getByText('Mitigated, the repair gate is closed', { exact: true }).first();
  for (let pressed = 0; pressed < 3; pressed += 1) {
    await isClosed.or(isGateClosed).first().waitFor({ timeout: 300_000 });
    if (await isClosed.isVisible()) return;
    say('The gate is closed; the person has it looked at again.');
    await gateButton(person).click();
    await isGateClosed.waitFor({ state: 'hidden', timeout: 60_000 });
  }
  throw new Error('The gate was looked at again three times, and stayed closed.');
}
