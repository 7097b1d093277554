import type { Investigation, PublishedClaim, PublishedHypothesis } from '../../domain/investigation.ts';
import { type Layout, paragraph, rule } from '../layout.ts';
import {
  alertVerdicts,
  causesOf,
  chainsOf,
  competitorsOf,
  type Link,
  spokenAge,
  spokenConfidence,
  spokenDue,
  spokenMoment,
  spokenShare,
  spokenSubject,
  whatWouldSettle,
} from '../spoken.ts';
import { oneCommand } from '../terminal-safe.ts';
import { writeCommand } from './command.ts';
import { numberReferences, type References } from './references.ts';

/** What is wrong, since when, how sure; why; what it is not; what could not be seen; what is left to do. */
export function writeAnswer(investigation: Investigation, layout: Layout): readonly string[] {
  const references = numberReferences(claimsOf(investigation), investigation.evidence);
  return [
    ...writeHeadline(investigation, layout),
    ...causesOf(investigation).flatMap((cause) => writeCause(cause, investigation, references, layout)),
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

const unproven = 'Unproven: this rule has been tried on written examples, not on a real cluster. Check what it cites.';

/** Most telling first; the thoughts above have told them all. */
const reasonsShown = 5;

function writeCause(cause: PublishedHypothesis, investigation: Investigation, references: References, layout: Layout): readonly string[] {
  const { palette } = layout;
  const isOneOfSeveral = causesOf(investigation).length > 1;
  const isSaid = !isOneOfSeveral && investigation.summary.toLowerCase().includes(cause.title.toLowerCase());
  const howSure = isOneOfSeveral ? `, ${spokenConfidence(cause.confidence)}` : '';
  const bullet = (claim: PublishedClaim): readonly string[] =>
    paragraph({ text: claim.says + references.marks([claim]), mark: '    · ' }, layout);
  const list = (title: string, claims: readonly PublishedClaim[]): readonly string[] =>
    claims.length === 0 ? [] : [palette.faint(`  ${title}`), ...claims.flatMap(bullet)];
  return section(
    'Root cause',
    [
      ...(isSaid
        ? []
        : paragraph({ text: `${cause.title}: ${spokenSubject(cause.subject)}${howSure}`, mark: '  ', paint: palette.strong }, layout)),
      ...writeCommand(`stanch explain ${cause.failureMode}`, '  ', layout),
      ...(cause.proven ? [] : paragraph({ text: unproven, mark: '  ', paint: palette.doubtful }, layout)),
      ...list('made possible by', cause.contributing),
      ...(cause.cascade.length === 0 ? [] : [palette.faint('  from cause to symptom')]),
      ...chainsOf(cause.cascade).flatMap((chain) => writeChain(chain, layout)),
      ...list('because', cause.because.slice(0, reasonsShown)),
      ...(cause.because.length > reasonsShown ? [`    · and ${cause.because.length - reasonsShown} more, see --output markdown`] : []),
      ...list('although', cause.against),
    ],
    layout,
  );
}

function writeChain(chain: readonly Link[], layout: Layout): readonly string[] {
  return chain.flatMap(({ says }, index) =>
    paragraph({ text: says, mark: index === 0 ? '    • ' : '    → ', paintMark: layout.palette.good }, layout),
  );
}

/** More would be a programme for the day; what tells most stands first. */
const wishesShown = 4;

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
  const wishes = whatWouldSettle(investigation)
    .slice(0, wishesShown)
    .flatMap((wish) => paragraph({ text: wish, mark: '  · ' }, layout));
  return [...section('It may be', possible, layout), ...section('What would tell', wishes, layout)];
}

function writeNotIt(investigation: Investigation, references: References, layout: Layout): readonly string[] {
  const acquitted = investigation.changes.filter((change) => change.standing === 'acquitted');
  const competitors = investigation.outcome === 'explained' ? competitorsOf(investigation) : [];
  const item = (text: string): readonly string[] => paragraph({ text, mark: '  ✗ ', paintMark: layout.palette.bad }, layout);
  return section(
    'Considered, and not it',
    [
      ...acquitted.flatMap((change) => {
        const reason = change.because.at(-1)?.says ?? '';
        return item(
          `${spokenMoment(change.at, investigation.startedAt)} ${change.summary} (${spokenSubject(change.subject)}): ${reason}${references.marks(change.because.slice(-1))}`,
        );
      }),
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

const blindSpotsShown = 6;

/** What is seen by the same look stands together. */
function writeBlindSpots({ blindSpots }: Investigation, layout: Layout): readonly string[] {
  const looks = [...new Set(blindSpots.map((spot) => spot.toSeeIt))];
  const lines = looks
    .slice(0, blindSpotsShown)
    .flatMap((look) => [
      ...blindSpots
        .filter((spot) => spot.toSeeIt === look)
        .flatMap((spot) => paragraph({ text: `${spot.what}: ${spot.why}`, mark: '  ? ', paintMark: layout.palette.doubtful }, layout)),
      ...writeCommand(look, '    ', layout),
    ]);
  const more = looks.length - blindSpotsShown;
  return section('Could not see', more > 0 ? [...lines, `  ? and ${more} more, see --output markdown`] : lines, layout);
}

function writeFollowUps(investigation: Investigation, layout: Layout): readonly string[] {
  const lines = investigation.followUps.flatMap((each) => {
    const due = each.due === undefined ? '' : `, due ${spokenDue(each.due, each.timeZone)}`;
    return [
      ...paragraph({ text: `${each.kind}${due}: ${each.title}`, mark: '  □ ' }, layout),
      ...each.text.split('\n').flatMap((line) => writeFollowUpLine(line, layout)),
    ];
  });
  return section('Left to do', lines, layout);
}

/** Commands stay whole, so that they can be copied. */
function writeFollowUpLine(line: string, layout: Layout): readonly string[] {
  const gutter = `    ${layout.palette.faint('│ ')}`;
  if (line.startsWith('  $ ')) return [`${gutter}  ${layout.palette.command(oneCommand(line))}`];
  return paragraph({ text: line, mark: '    ', gutter: '│ ' }, layout);
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
  // A replay takes no time of its own: its clock stands at the moment of the recording.
  const time = cost.wallMilliseconds === 0 ? '' : `${Math.max(cost.wallMilliseconds / 1000, 0.1).toFixed(1)} s, `;
  const reads = cost.requests === 1 ? '1 read' : `${cost.requests} reads`;
  const touched = cluster.source === 'live' ? 'Looking changed nothing in the cluster.' : 'No cluster was touched.';
  return [
    ...(first === undefined ? [] : [layout.palette.strong('First: ') + layout.palette.command(oneCommand(first))]),
    ...paragraph({ text: `${touched} ${time}${reads}. Incident notes: --output markdown.`, mark: '', paint: layout.palette.faint }, layout),
  ];
}

function claimsOf(investigation: Investigation): readonly PublishedClaim[] {
  const { outcome, changes, hypotheses } = investigation;
  const causes = causesOf(investigation).flatMap((each) => [...each.contributing, ...each.because.slice(0, reasonsShown), ...each.against]);
  const possible =
    outcome === 'cannot-tell'
      ? hypotheses.filter((each) => each.root).flatMap((each) => [...each.because.slice(0, 2), ...each.against.slice(0, 2)])
      : [];
  const acquittals = changes.filter((change) => change.standing === 'acquitted').flatMap((change) => change.because.slice(-1));
  const competitors = outcome === 'explained' ? competitorsOf(investigation).flatMap((each) => each.against) : [];
  return [...causes, ...possible, ...acquittals, ...competitors];
}
