import type { Investigation, PublishedClaim, PublishedHypothesis } from '../../domain/investigation.ts';
import {
  alertVerdicts,
  causesOf,
  chainsOf,
  competitorsOf,
  isCommand,
  spokenConfidence,
  spokenInstant,
  spokenShare,
  spokenSubject,
  whatWouldSettle,
} from '../spoken.ts';
import { citeNumbers, type Cites, writeEvidenceTable } from './evidence-table.ts';
import { writeFollowUps, writeMitigationPlans } from './actions.ts';
import { code, codeInCell, prose, sentence, table } from './markdown-safe.ts';
import { writeTimeline } from './timeline.ts';

/** Incident notes: what a colleague reads tomorrow, and what is pasted into the ticket. */
export function writeIncidentNotes(investigation: Investigation): string {
  const cites = citeNumbers(investigation);
  return joined([
    [`# ${titleOf(investigation)}`],
    [`**${prose(investigation.summary)}**`],
    writeStatus(investigation, cites),
    writeImpact(investigation),
    section('Timeline', writeTimeline(investigation, cites)),
    ...writeDiagnosis(investigation, cites),
    section('Mitigation and undo', writeMitigationPlans(investigation.mitigations, cites)),
    section('Could not be seen', writeBlindSpots(investigation)),
    section('Follow-ups', writeFollowUps(investigation.followUps)),
    section('Evidence', writeEvidenceTable(investigation, cites)),
    [`Written by Stanch from \`${investigation.schema}\`. Nothing was executed.`],
  ]);
}

/** Blocks with an empty line between them. */
export function joined(blocks: readonly (readonly string[])[]): string {
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** What caused it, what may have, and what did not. */
export function writeDiagnosis(investigation: Investigation, cites: Cites): readonly (readonly string[])[] {
  return [
    ...causesOf(investigation).map((cause, _index, all) => writeCause(cause, all.length, cites)),
    writePossible(investigation, cites),
    section('Considered and acquitted', writeAcquitted(investigation, cites)),
  ];
}

function titleOf({ alert, outcome, scope }: Investigation): string {
  if (alert.name !== undefined) return `Incident notes: ${prose(alert.name)}`;
  if (outcome === 'healthy') return 'Investigation notes: nothing is wrong';
  return scope.target === undefined ? 'Incident notes' : `Incident notes: ${prose(spokenSubject(scope.target))}`;
}

export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines];
}

function writeStatus(investigation: Investigation, cites: Cites): readonly string[] {
  const { alert, onset, cluster, startedAt } = investigation;
  const causes = causesOf(investigation);
  const sure = causes.map((cause) => `${prose(cause.title)}, ${spokenConfidence(cause.confidence)}`).join('; ');
  const outcome = { explained: `explained: ${sure}`, healthy: 'healthy, nothing to do', 'cannot-tell': 'cannot tell yet' }[
    investigation.outcome
  ];
  const version = cluster.version === undefined ? '' : `, Kubernetes ${prose(cluster.version)}`;
  return table(
    ['Status', outcome],
    [
      ...(onset === undefined ? [] : [['Began', prose(spokenInstant(onset.at)) + withClaims(onset.because, cites)]]),
      ['Investigated', prose(spokenInstant(startedAt))],
      ['Cluster', `${prose(cluster.name)}${version}, ${cluster.source === 'live' ? 'live' : `from a ${cluster.source}`}`],
      ['Alert', alertVerdicts[alert.verdict] + withClaims(alert.because, cites)],
    ],
  );
}

function withClaims(claims: readonly PublishedClaim[], cites: Cites): string {
  return claims.length === 0 ? '' : `: ${claims.map((claim) => spokenClaim(claim, cites)).join(' ')}`;
}

function spokenClaim(claim: PublishedClaim, cites: Cites): string {
  return prose(claim.says) + cites.marks([claim]);
}

export function writeImpact({ scope, onset, startedAt }: Investigation): readonly string[] {
  if (scope.target === undefined && scope.failing.length === 0) return [];
  const total = scope.failing.length + scope.healthy.length;
  const whose = scope.target === undefined ? '' : ` of ${prose(spokenSubject(scope.target))}`;
  const names = (subjects: Investigation['scope']['failing']): string => {
    const shown = subjects.slice(0, replicasShown).map((each) => code(each.name));
    return shown.join(', ') + (subjects.length > replicasShown ? ` and ${subjects.length - replicasShown} more` : '');
  };
  const since = onset === undefined ? '' : `, since ${prose(spokenInstant(onset.at))}`;
  const until = scope.failing.length === 0 ? '' : `${since}, seen until ${prose(spokenInstant(startedAt))}`;
  const counted = total === 0 ? [] : [`${scope.failing.length} of ${total} replicas${whose} fail${until}.`, ''];
  const lists = [
    ...(scope.failing.length === 0 ? [] : [`- Failing: ${names(scope.failing)}`]),
    ...(scope.healthy.length === 0 ? [] : [`- Healthy: ${names(scope.healthy)}`]),
  ];
  const axes = writeAxes(scope.axes);
  return section('Impact', [
    ...counted,
    ...lists,
    ...(axes.length === 0 ? [] : ['', 'What separates the failing from the healthy:', '', ...axes]),
  ]);
}

const replicasShown = 12;

const axesShown = 6;

/** Most telling first. What is beyond the table is named, so that nobody asks whether it was looked at. */
function writeAxes(axes: Investigation['scope']['axes']): readonly string[] {
  const ordered = axes.toSorted((one, other) => one.adjustedPValue - other.adjustedPValue);
  const rest = ordered.slice(axesShown).map((axis) => prose(axis.axis));
  return [
    ...table(['Axis', 'Failing with it', 'Healthy with it', 'p', 'p, corrected', 'Separates'], ordered.slice(0, axesShown).map(axisRow)),
    ...(rest.length === 0 ? [] : ['', `Looked at as well, and no better: ${rest.join(', ')}.`]),
  ];
}

const axisVerdicts = { separates: 'separates', suggestive: 'suggests itself', no: 'does not', 'cannot-tell': 'cannot tell' } as const;

function axisRow(axis: Investigation['scope']['axes'][number]): readonly string[] {
  const doubts = [
    axisVerdicts[axis.verdict],
    ...(axis.confoundedWith.length === 0 ? [] : [`not to be told from ${axis.confoundedWith.map(prose).join(', ')}`]),
    ...(axis.wouldSettle === undefined ? [] : [`to settle it: ${prose(axis.wouldSettle)}`]),
  ];
  return [
    `${prose(axis.axis)} ${codeInCell(axis.value)}`,
    `${axis.failingWith} of ${axis.failingWith + axis.failingWithout}`,
    `${axis.healthyWith} of ${axis.healthyWith + axis.healthyWithout}`,
    axis.pValue.toPrecision(2),
    axis.adjustedPValue.toPrecision(2),
    doubts.join('; '),
  ];
}

function writeCause(cause: PublishedHypothesis, howMany: number, cites: Cites): readonly string[] {
  const bullets = (title: string, claims: readonly PublishedClaim[]): readonly string[] =>
    claims.length === 0 ? [] : ['', `${title}:`, '', ...claims.map((claim) => `- ${spokenClaim(claim, cites)}`)];
  const chains = chainsOf(cause.cascade).map((chain) =>
    chain.map((link, index) => `${index + 1}. ${index === 0 ? '' : '→ '}${prose(link.says)}${withClaims(link.because, cites)}`),
  );
  const cascade =
    chains.length === 0
      ? []
      : ['', 'From cause to symptom:', ...chains.flatMap((chain, index) => [...(index === 0 ? [''] : ['', 'And:', '']), ...chain])];
  return section(howMany > 1 ? `Root cause ${cause.rank}` : 'Root cause', [
    `**${prose(cause.title)}** (${code(cause.failureMode)}) on ${prose(spokenSubject(cause.subject))}, ${spokenConfidence(cause.confidence)}.`,
    ...bullets('Made possible by', cause.contributing),
    ...cascade,
    ...bullets('Because', cause.because),
    ...bullets('Although', cause.against),
  ]);
}

function writePossible(investigation: Investigation, cites: Cites): readonly string[] {
  if (investigation.outcome !== 'cannot-tell') return [];
  const rows = investigation.hypotheses
    .filter((each) => each.root)
    .map((each) => [
      `${prose(each.title)} on ${prose(spokenSubject(each.subject))}`,
      spokenShare(each.confidence),
      each.because.map((claim) => spokenClaim(claim, cites)).join(' '),
      each.against.map((claim) => spokenClaim(claim, cites)).join(' '),
    ]);
  const wishes = whatWouldSettle(investigation).map((wish) => `- ${prose(wish)}`);
  return section('What it may be', [
    ...table(['Hypothesis', 'Confidence', 'For', 'Against'], rows),
    ...(wishes.length === 0 ? [] : [...(rows.length === 0 ? [] : ['']), 'What would tell:', '', ...wishes]),
  ]);
}

function writeAcquitted(investigation: Investigation, cites: Cites): readonly string[] {
  const changes = investigation.changes
    .filter((change) => change.standing === 'acquitted')
    .map(
      (change) =>
        `- ${prose(spokenInstant(change.at))} ${prose(change.summary)} (${prose(spokenSubject(change.subject))})${withClaims(change.because.slice(-1), cites)}`,
    );
  const competitors = investigation.outcome === 'explained' ? competitorsOf(investigation) : [];
  const others = competitors.map(
    (each) =>
      `- ${prose(each.title)} on ${prose(spokenSubject(each.subject))}, ${spokenShare(each.confidence)}${withClaims(each.against, cites)}`,
  );
  const consequences = investigation.hypotheses
    .filter((each) => !each.root)
    .map(
      (each) => `- ${prose(each.title)} on ${prose(spokenSubject(each.subject))}: follows from the cause${withClaims(each.against, cites)}`,
    );
  return [...changes, ...others, ...consequences];
}

export function writeBlindSpots({ blindSpots }: Investigation): readonly string[] {
  return blindSpots.map(
    (spot) =>
      `- **${prose(spot.what)}**: ${sentence(spot.why)} To see it: ${isCommand(spot.toSeeIt) ? code(spot.toSeeIt) : sentence(spot.toSeeIt)}`,
  );
}
