import { tellingInvestigation } from '../../domain/telling-investigation.ts';
import type { Incident } from '../../domain/incident.ts';
import { formatInstant } from '../../domain/instant.ts';
import { spokenInstant } from '../spoken.ts';
import { terminalSafe } from '../terminal-safe.ts';
import { writeFollowUps } from './actions.ts';
import { citeNumbers, writeEvidenceTable } from './evidence-table.ts';
import { joined, section, writeBlindSpots, writeDiagnosis, writeImpact } from './incident-notes.ts';
import { code, prose, table } from './markdown-safe.ts';
import { writeAttempts, writeGate, writeLooseEnds } from './report-attempts.ts';
import { writeReportTimeline } from './report-timeline.ts';

/** Notes of a whole incident: what a colleague who slept reads tomorrow. */
export function writeIncidentReport(id: string, incident: Incident): string {
  const { investigations, alert, closed } = incident;
  const first = investigations[0]?.investigation;
  const last = tellingInvestigation(incident);
  const cites = last === undefined ? undefined : citeNumbers(last);
  const followUps = closed?.followUps ?? last?.followUps ?? [];
  return joined([
    [`# Incident: ${prose(alert === undefined ? 'nobody was paged' : alert.name)}`],
    last === undefined ? [] : [`**${prose(last.summary)}**`],
    writeStatus(id, incident),
    section('What people noted', writeHandwritten(incident)),
    // The first look saw who failed; a later one sees them well again.
    first === undefined ? [] : writeImpact(first),
    section('Timeline', writeReportTimeline(incident)),
    section('What was tried', writeAttempts(incident)),
    ...(last === undefined || cites === undefined ? [] : writeDiagnosis(last, cites)),
    section('The gate', withoutLastGap(writeGate(incident))),
    section('Loose ends', closed === undefined ? [] : endsOf(incident)),
    last === undefined ? [] : section('Could not be seen', writeBlindSpots(last)),
    section('Follow-ups', writeFollowUps(followUps)),
    last === undefined || cites === undefined ? [] : section('Evidence', writeEvidenceTable(last, cites)),
    ['Written by Stanch from the record of the incident.'],
  ]);
}

/** Their Markdown as it is, but as a quotation: its headings are none of ours. */
function writeHandwritten({ notes }: Incident): readonly string[] {
  if (notes === undefined || notes.text.trim() === '') return [];
  const lines = terminalSafe(notes.text).trimEnd().split('\n');
  return [
    ...lines.map((line) => `> ${line}`.trimEnd()),
    '',
    `Written by ${prose(notes.by)}, ${prose(spokenInstant(formatInstant(notes.at)))}.`,
  ];
}

function endsOf({ closed }: Incident): readonly string[] {
  const ends = writeLooseEnds(closed?.looseEnds ?? []);
  return ends.length === 0 ? ['Nothing was left in the cluster.'] : ends;
}

function withoutLastGap(lines: readonly string[]): readonly string[] {
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function writeStatus(id: string, incident: Incident): readonly string[] {
  const { openedAt, cluster, attempts, closed } = incident;
  const confirmed = attempts.find(({ purpose, judgement }) => purpose === 'mitigate' && judgement?.is === 'confirmed');
  const state =
    closed !== undefined ? `closed ${prose(spokenInstant(formatInstant(closed.at)))}` : incident.aborted === undefined ? 'open' : 'stopped';
  return table(
    ['Incident', code(id)],
    [
      ['State', state],
      ['Opened', prose(spokenInstant(formatInstant(openedAt)))],
      ...(confirmed?.judgement === undefined
        ? []
        : [['Mitigated', `${prose(spokenInstant(formatInstant(confirmed.judgement.at)))}, by attempt ${confirmed.number}`]]),
      ['Cluster', prose(cluster)],
      ...(incident.aborted === undefined ? [] : [['Stopped', prose(incident.aborted)]]),
    ],
  );
}
