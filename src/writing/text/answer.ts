import type { Investigation, PublishedClaim, PublishedHypothesis } from '../../domain/investigation.ts';
import { type Layout, paragraph, rule } from '../layout.ts';
import {
  alertVerdicts,
  causesOf,
  chainsOf,
  competitorsOf,
  isCommand,
  spokenAge,
  spokenConfidence,
  spokenMoment,
  spokenShare,
  spokenSubject,
  whatWouldSettle,
} from '../spoken.ts';
import { oneCommand } from '../terminal-safe.ts';
import { numberReferences, type References } from './references.ts';

/** What is wrong, since when, how sure; why; what it is not; what could not be seen; what is left to do. */
export function writeAnswer(investigation: Investigation, layout: Layout): readonly string[] {
  const references = numberReferences(claimsOf(investigation), investigation.evidence);
  return [
    ...writeHeadline(investigation, layout),
    ...causesOf(investigation).flatMap((cause, _index, all) => writeCause(cause, all.length > 1, references, layout)),
    ...writePossible(investigation, references, layout),
    ...writeNotIt(investigation, references, layout),
    ...writeConsequences(investigation, layout),
    ...writeBlindSpots(investigation, layout),
    ...writeEvidence(references, layout),
    ...writeFollowUps(investigation, layout),
    '',
    ...writeClosing(investigation, layout),
  ];
}

function writeHeadline(investigation: Investigation, layout: Layout): readonly string[] {
  const { palette } = layout;
  const title = { explained: 'The answer', healthy: 'Nothing is wrong', 'cannot-tell': 'Cannot tell yet' }[investigation.outcome];
  const paint = { explained: palette.bad, healthy: palette.good, 'cannot-tell': palette.doubtful }[investigation.outcome];
  return [
    paint(rule({ title, line: '━' }, layout)),
    ...paragraph({ text: investigation.summary, mark: '', paint: palette.strong }, layout),
    ...paragraph({ text: facts(investigation).join(' · '), mark: '' }, layout),
  ];
}

function facts(investigation: Investigation): readonly string[] {
  const { onset, startedAt, alert, scope } = investigation;
  const [first, ...others] = causesOf(investigation);
  const age = onset === undefined ? '' : spokenAge(onset.at, startedAt);
  const replicas = scope.failing.length + scope.healthy.length;
  return [
    ...(onset === undefined ? [] : [`since ${spokenMoment(onset.at, startedAt)}${age === '' ? '' : ` (${age})`}`]),
    ...(first === undefined ? [] : [others.length === 0 ? spokenConfidence(first.confidence) : `${others.length + 1} independent causes`]),
    ...(alert.verdict === 'none' ? [] : [alertVerdicts[alert.verdict]]),
    ...(scope.failing.length === 0 ? [] : [`${scope.failing.length} of ${replicas} replicas fail`]),
  ];
}

function section(title: string, lines: readonly string[], layout: Layout): readonly string[] {
  return lines.length === 0 ? [] : ['', layout.palette.heading(title), ...lines];
}

function writeCause(cause: PublishedHypothesis, isOneOfSeveral: boolean, references: References, layout: Layout): readonly string[] {
  const { palette } = layout;
  const bullet = (claim: PublishedClaim): readonly string[] =>
    paragraph({ text: claim.says + references.marks([claim]), mark: '    · ' }, layout);
  const list = (title: string, claims: readonly PublishedClaim[]): readonly string[] =>
    claims.length === 0 ? [] : [palette.faint(`  ${title}`), ...claims.flatMap(bullet)];
  const howSure = isOneOfSeveral ? `, ${spokenConfidence(cause.confidence)}` : '';
  return section(
    'Root cause',
    [
      ...paragraph({ text: `${cause.title}: ${spokenSubject(cause.subject)}${howSure}`, mark: '  ', paint: palette.strong }, layout),
      ...paragraph({ text: `stanch explain ${cause.failureMode}`, mark: '  ', paint: palette.faint }, layout),
      ...chainsOf(cause.cascade).flatMap((chain) =>
        chain.flatMap((step, index) =>
          paragraph({ text: step.says, mark: index === 0 ? '      ' : '    → ', paintMark: palette.good }, layout),
        ),
      ),
      ...list('because', cause.because),
      ...list('although', cause.against),
      ...list('made possible by', cause.contributing),
    ],
    layout,
  );
}

/** Only where nothing was settled: everything that it may be, and the look that would tell. */
function writePossible(investigation: Investigation, references: References, layout: Layout): readonly string[] {
  if (investigation.outcome !== 'cannot-tell') return [];
  const possible = investigation.hypotheses
    .filter((each) => each.root)
    .flatMap((each) => [
      ...paragraph({ text: `${each.title}: ${spokenSubject(each.subject)}, ${spokenConfidence(each.confidence)}`, mark: '  · ' }, layout),
      ...each.because.slice(0, 2).flatMap((claim) => paragraph({ text: claim.says + references.marks([claim]), mark: '    + ' }, layout)),
      ...each.against.slice(0, 2).flatMap((claim) => paragraph({ text: claim.says + references.marks([claim]), mark: '    − ' }, layout)),
    ]);
  const wishes = whatWouldSettle(investigation).flatMap((wish) => paragraph({ text: wish, mark: '  · ' }, layout));
  return [...section('It may be', possible, layout), ...section('What would tell', wishes, layout)];
}

function writeNotIt(investigation: Investigation, references: References, layout: Layout): readonly string[] {
  const acquitted = investigation.changes.filter((change) => change.standing === 'acquitted');
  const competitors = investigation.outcome === 'explained' ? competitorsOf(investigation) : [];
  const item = (text: string): readonly string[] => paragraph({ text, mark: '  ✗ ', paintMark: layout.palette.bad }, layout);
  return section(
    'Considered, and not it',
    [
      ...acquitted.flatMap((change) =>
        item(
          `${spokenMoment(change.at, investigation.startedAt)} ${change.summary} (${spokenSubject(change.subject)}): ${spoken(change.because)}${references.marks(change.because)}`,
        ),
      ),
      ...competitors.flatMap((each) => {
        const because = each.against.length === 0 ? 'explains less of what was seen.' : spoken(each.against);
        return item(
          `${each.title}: ${spokenSubject(each.subject)}, ${spokenShare(each.confidence)}: ${because}${references.marks(each.against)}`,
        );
      }),
    ],
    layout,
  );
}

function spoken(claims: readonly PublishedClaim[]): string {
  return claims.map((claim) => claim.says).join(' ');
}

const consequencesShown = 6;

function writeConsequences(investigation: Investigation, layout: Layout): readonly string[] {
  const consequences = investigation.hypotheses.filter((each) => !each.root);
  const lines = consequences
    .slice(0, consequencesShown)
    .flatMap((each) => paragraph({ text: `${each.title}: ${spokenSubject(each.subject)}`, mark: '  ↳ ' }, layout));
  const more = consequences.length - consequencesShown;
  return section('Follows from it', more > 0 ? [...lines, `  ↳ and ${more} more, see --output json`] : lines, layout);
}

function writeBlindSpots(investigation: Investigation, layout: Layout): readonly string[] {
  const lines = investigation.blindSpots.flatMap((spot) => [
    ...paragraph({ text: `${spot.what}: ${spot.why}`, mark: '  ? ', paintMark: layout.palette.doubtful }, layout),
    ...(isCommand(spot.toSeeIt)
      ? [layout.palette.command(`    $ ${oneCommand(spot.toSeeIt)}`)]
      : paragraph({ text: spot.toSeeIt, mark: '    ', paint: layout.palette.faint }, layout)),
  ]);
  return section('Could not see', lines, layout);
}

function writeFollowUps(investigation: Investigation, layout: Layout): readonly string[] {
  const lines = investigation.followUps.flatMap((each) => {
    const due = each.due === undefined ? '' : `, due ${spokenMoment(each.due, investigation.startedAt)}`;
    return [
      ...paragraph({ text: `${each.kind}${due}: ${each.title}`, mark: '  □ ' }, layout),
      ...paragraph({ text: each.text, mark: '    ', gutter: '│ ' }, layout),
    ];
  });
  return section('Left to do', lines, layout);
}

function writeEvidence(references: References, layout: Layout): readonly string[] {
  const lines = references.commands.map(
    (command, index) => `${`  [${index + 1}]`.padEnd(7)}${layout.palette.command(oneCommand(command))}`,
  );
  return section('Evidence', lines, layout);
}

/** The last thing on the screen: what to type first, and what this has cost. */
function writeClosing({ cost, cluster, mitigations }: Investigation, layout: Layout): readonly string[] {
  const first = mitigations.find((each) => !each.blocked)?.commands[0];
  const seconds = Math.max(cost.wallMilliseconds / 1000, 0.1).toFixed(1);
  const reads = cost.requests === 1 ? '1 read' : `${cost.requests} reads`;
  const touched = cluster.source === 'live' ? 'Nothing in the cluster was changed.' : 'No cluster was touched.';
  return [
    ...(first === undefined ? [] : [layout.palette.strong('First: ') + layout.palette.command(oneCommand(first))]),
    ...paragraph(
      { text: `${touched} ${seconds} s, ${reads}. Incident notes: --output markdown.`, mark: '', paint: layout.palette.faint },
      layout,
    ),
  ];
}

function claimsOf(investigation: Investigation): readonly PublishedClaim[] {
  const { outcome, changes, hypotheses } = investigation;
  const causes = causesOf(investigation).flatMap((each) => [...each.because, ...each.against, ...each.contributing]);
  const possible =
    outcome === 'cannot-tell'
      ? hypotheses.filter((each) => each.root).flatMap((each) => [...each.because.slice(0, 2), ...each.against.slice(0, 2)])
      : [];
  const acquittals = changes.filter((change) => change.standing === 'acquitted').flatMap((change) => change.because);
  const competitors = outcome === 'explained' ? competitorsOf(investigation).flatMap((each) => each.against) : [];
  return [...causes, ...possible, ...acquittals, ...competitors];
}
