import { tellingInvestigation } from '../../domain/telling-investigation.ts';
import type { z } from 'zod';
import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { Incident } from '../../domain/incident.ts';
import { formatInstant } from '../../domain/instant.ts';
import { oneCommand, oneLine } from '../../writing/terminal-safe.ts';
import type { ServedIncident, ServedSummary } from '../serve/served-incidents.ts';
import { attemptView, planTitle } from './attempt-view.ts';
import type { incidentShape, listItemShape } from './incident-shape.ts';

export type IncidentView = z.input<typeof incidentShape>;

/** An incident as people and programs outside are shown it. */
export function incidentView({ id, incident, length, state, because, pages, report }: ServedIncident): IncidentView {
  const { openedAt, cluster, attempts, unfit, deliveries, joined } = incident;
  const investigation = tellingInvestigation(incident);
  return {
    id,
    length,
    openedAt: formatInstant(openedAt),
    cluster: oneLine(cluster),
    state,
    ...(because === undefined ? {} : { because: oneLine(because) }),
    ...alertOf(incident),
    pages: pages.map(pageView),
    ...(investigation === undefined ? {} : { investigation }),
    attempts: attempts.map((attempt) => attemptView(attempt, { incident, state })),
    unfit: unfit.map((each) => ({ title: planTitle(each.plan, incident), because: oneLine(each.because) })),
    deliveries: deliveries.map(({ at, target, what, link }) => ({
      at: formatInstant(at),
      target: oneLine(target),
      what: oneLine(what),
      ...(link === undefined ? {} : { link }),
    })),
    ...(joined === undefined ? {} : { joined }),
    ...whatPeopleDid(incident),
    ...closingOf(incident),
    report,
  };
}

function alertOf({ alert }: Incident): Pick<IncidentView, 'alert'> {
  if (alert === undefined) return {};
  const { name, summary, startedAt } = alert;
  return {
    alert: {
      name: oneLine(name),
      summary: oneLine(summary),
      ...(startedAt === undefined ? {} : { startedAt: formatInstant(startedAt) }),
    },
  };
}

function pageView({ receivedAt, alert }: AcceptedPage): IncidentView['pages'][number] {
  return { at: formatInstant(receivedAt), name: oneLine(alert.name), summary: oneLine(alert.summary), state: alert.state };
}

function whatPeopleDid({ acknowledged, notes }: Incident): Pick<IncidentView, 'acknowledged' | 'notes'> {
  return {
    ...(acknowledged === undefined ? {} : { acknowledged: { at: formatInstant(acknowledged.at), by: oneLine(acknowledged.by) } }),
    ...(notes === undefined ? {} : { notes: { at: formatInstant(notes.at), by: oneLine(notes.by), text: notes.text } }),
  };
}

function closingOf({ closed }: Incident): Pick<IncidentView, 'closed'> {
  if (closed === undefined) return {};
  const { at, looseEnds, followUps } = closed;
  return {
    closed: {
      at: formatInstant(at),
      looseEnds: looseEnds.map(({ says, state, command }) => ({
        says: oneLine(says),
        state,
        ...(command === undefined ? {} : { command: oneCommand(command) }),
      })),
      followUps,
    },
  };
}

export function listItem({ id, openedAt, lastEventAt, cluster, alert, summary, state }: ServedSummary): z.input<typeof listItemShape> {
  return {
    id,
    openedAt: formatInstant(openedAt),
    lastEventAt: formatInstant(lastEventAt),
    cluster: oneLine(cluster),
    ...(alert === undefined ? {} : { alert: oneLine(alert) }),
    ...(summary === undefined ? {} : { summary: oneLine(summary) }),
    state,
  };
}
