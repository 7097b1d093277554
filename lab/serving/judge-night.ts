import type { IncidentView } from '../../src/surfaces/http/contract.ts';
import type { Issue } from '../../src/delivery-targets/github/testing-repository.ts';
import { missingInNotes, toldInNotes } from '../acting/seed-night.ts';
import { differences } from '../framework/investigate.ts';
import { scenario } from '../scenarios/kube-proxy-out-of-memory.ts';

/** What was there to see at the end of a night in which a person approved two plans on the page. */
export interface Night {
  /** As the server tells the incident at its end. */
  readonly view: IncidentView;
  /** The commands that the person read before each approval. */
  readonly read: { readonly mitigation: readonly string[]; readonly repair: readonly string[] };
  /** What the person wrote, and the incident notes as the page showed them at the end. */
  readonly written: string;
  readonly report: string;
  readonly issues: readonly Issue[];
  /** Addresses of the tickets that the page linked to. */
  readonly linked: readonly string[];
  /** When the reminders are due that wait in the store. */
  readonly remindersAt: readonly number[];
}

/** What was not as it should be. Empty: everything was. */
export function judgeNight(night: Night): readonly string[] {
  const { view, written, report } = night;
  return [
    ...judgeCause(view),
    ...judgeAttempt(view, { number: 1, mitigation: 'cordon-node', purpose: 'mitigate', read: night.read.mitigation }),
    ...judgeAttempt(view, { number: 2, mitigation: 'raise-memory-limit', purpose: 'repair', read: night.read.repair }),
    ...judgeGate(view),
    ...missingInNotes(report, [...toldInNotes, /kubectl delete pod /, /^### Ticket: /m, /^### Reminder: /m]),
    ...(report.includes(written) ? [] : ['the incident notes do not have what the person wrote']),
    ...judgeTickets(night),
    ...judgeReminder(night),
  ];
}

function judgeCause({ investigation, state }: IncidentView): readonly string[] {
  return [
    ...(investigation === undefined
      ? ['nothing was investigated']
      : differences({ answer: investigation, expectation: scenario.expectation })),
    ...(state === 'closed' ? [] : [`the incident is ${state} at the end`]),
  ];
}

interface Wanted {
  readonly number: number;
  readonly mitigation: string;
  readonly purpose: 'mitigate' | 'repair';
  readonly read: readonly string[];
}

function judgeAttempt({ attempts }: IncidentView, { number, mitigation, purpose, read }: Wanted): readonly string[] {
  const attempt = attempts.find((each) => each.number === number);
  const what = `attempt ${number}`;
  if (attempt === undefined) return [`there was no ${what}`];
  const commands = attempt.changes.map(({ command }) => command);
  const is = `${attempt.purpose} by ${attempt.mitigation}`;
  const wanted = `${purpose} by ${mitigation}`;
  return [
    ...(is === wanted ? [] : [`${what} was to ${is}, expected to ${wanted}`]),
    ...(attempt.approval?.how === 'human' ? [] : [`${what} was not approved by a human`]),
    ...(attempt.judgement?.is === 'confirmed' ? [] : [`${what} is ${attempt.judgement?.is ?? 'not judged'}, expected confirmed`]),
    ...(commands.join('\n') === read.join('\n') ? [] : [`${what} ran ${commands.join('; ')}; the person had read ${read.join('; ')}`]),
  ];
}

function judgeGate({ attempts }: IncidentView): readonly string[] {
  const proofs = attempts.flatMap((attempt) => attempt.proofs?.all ?? []);
  const cordon = attempts[0]?.changes.find(({ command }) => command.startsWith('kubectl cordon '));
  return [
    ...(proofs.length === 0 ? ['the repair gate was not looked at'] : []),
    ...proofs.filter(({ holds }) => holds !== 'yes').map(({ claim, holds }) => `the gate: ${claim}: ${holds}`),
    ...(cordon?.state === 'put-back' ? [] : [`the cordon is ${cordon?.state ?? 'nowhere'}, expected put-back`]),
  ];
}

function judgeTickets({ view: { closed }, issues, linked }: Night): readonly string[] {
  const tickets = (closed?.followUps ?? []).filter(({ kind }) => kind === 'ticket');
  return [
    ...(tickets.length > 0 ? [] : ['no ticket was written']),
    ...(issues.length === tickets.length ? [] : [`${issues.length} issues were opened for ${tickets.length} tickets`]),
    ...tickets.filter(({ title }) => !issues.some((issue) => issue.title === title)).map(({ title }) => `there is no issue "${title}"`),
    ...issues.filter(({ html_url: url }) => !linked.includes(url)).map(({ html_url: url }) => `the page does not link to ${url}`),
  ];
}

const timeZone = 'Europe/Berlin';

/** One reminder, which waits in the store until nine o'clock of the day after the incident was closed, where the engineer is. */
function judgeReminder({ view: { closed }, remindersAt }: Night): readonly string[] {
  const reminders = (closed?.followUps ?? []).filter(({ kind }) => kind === 'reminder');
  if (closed === undefined || reminders.length !== 1) return [`there are ${reminders.length} reminders, expected one`];
  const wanted = `${dayAfter(onTheWall(Date.parse(closed.at)).slice(0, 10))} 09:00:00`;
  const due = onTheWall(Date.parse(reminders[0]?.due ?? ''));
  const waiting = remindersAt.map(onTheWall);
  return [
    ...(due === wanted ? [] : [`the reminder is due at ${due} in ${timeZone}, expected ${wanted}`]),
    ...(waiting.join() === wanted ? [] : [`reminders wait for ${waiting.join() || 'nothing'}, expected ${wanted}`]),
  ];
}

/** "2026-03-29 09:00:00", as a clock there shows it. */
function onTheWall(instant: number): string {
  return Number.isNaN(instant) ? 'no time' : new Date(instant).toLocaleString('sv-SE', { timeZone });
}

function dayAfter(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}
