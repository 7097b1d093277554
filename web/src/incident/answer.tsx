import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import type { IncidentView, WatchedView } from '../../../src/surfaces/http/contract.ts';
import { useMayOperate } from '../server/signed-in.ts';
import type { Investigation, Replica } from '../contract-parts.ts';
import { CitedEvidence } from '../pieces/claims.tsx';
import { Glyph, Stands } from '../pieces/glyph.tsx';
import { Ago, Moment } from '../pieces/moment.tsx';
import { useWish } from '../server/incidents.ts';
import { confidenceWords } from '../words/measure-words.ts';
import { axisVerdicts, healths, incidentStates, verdicts } from '../words/state-words.ts';
import { counted, subjectWords } from '../words/subject-words.ts';
import { watchedWords } from '../words/watched-words.ts';

/** What is wrong, since when, and what to do first: before anything else. */
export function Answer({ view }: { readonly view: IncidentView }): ReactElement {
  const { alert, because, cluster, investigation, joined, openedAt, state } = view;
  return (
    <section className="answer" aria-labelledby="answer-title">
      <p className="answer-state">
        <Stands is={incidentStates[state]} strong />
        <span className="quiet">
          opened <Ago at={openedAt} /> on {cluster}
        </span>
        <Acknowledging view={view} />
      </p>
      <h1 id="answer-title">{alert?.summary ?? 'Nobody was paged'}</h1>
      <Latest view={view} />
      <p className="lead">{investigation?.summary ?? notYet(view)}</p>
      {investigation === undefined ? null : (
        <p className="quiet small">
          as seen at <Moment at={investigation.finishedAt} /> UTC
        </p>
      )}
      {because === undefined ? null : <p className="because">{because}</p>}
      {joined === undefined ? null : (
        <p className="because">
          It is the same trouble as <Link href={`/incidents/${encodeURIComponent(joined.incident)}`}>{joined.incident}</Link>:{' '}
          {joined.because}
        </p>
      )}
      {investigation === undefined ? null : <Gist investigation={investigation} />}
      <Pages view={view} />
    </section>
  );
}

function notYet({ state }: IncidentView): string {
  return state === 'queued' ? 'Nobody has looked yet.' : 'It is being looked at. What is known comes first here.';
}

function Gist({ investigation }: { readonly investigation: Investigation }): ReactElement {
  const { alert, hypotheses, onset, scope } = investigation;
  const leading = scope.axes.find(
    (axis) => axis.axis === scope.matrix?.axes[0] && (axis.verdict === 'separates' || axis.verdict === 'suggestive'),
  );
  const roots = hypotheses.filter((each) => each.root);
  return (
    <dl className="gist-facts">
      <Fact name="Since">{onset === undefined ? 'cannot be told' : <SinceWhen onset={onset} />}</Fact>
      <Fact name="Who fails">
        <WhoFails scope={scope} />
      </Fact>
      {leading === undefined ? null : (
        <Fact name="Separated by">
          {leading.axis} <strong>{leading.value}</strong>
          {leading.verdict === 'separates' ? null : <span className="quiet"> {axisVerdicts[leading.verdict].words}</span>}
        </Fact>
      )}
      <Fact name={roots.length > 1 ? 'Causes' : 'Cause'}>
        {roots.length === 0 ? 'none was found' : null}
        {roots.slice(0, 3).map((root) => (
          <span className="fact-line" key={root.rank}>
            {root.title}{' '}
            <span className="quiet">
              {subjectWords(root.subject)}, {confidenceWords(root.confidence)}
            </span>
          </span>
        ))}
      </Fact>
      <Fact name="The page">
        <Stands is={verdicts[alert.verdict]} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function SinceWhen({ onset }: { readonly onset: NonNullable<Investigation['onset']> }): ReactElement {
  return (
    <>
      <strong>
        <Moment at={onset.at} /> UTC
      </strong>{' '}
      <span className="quiet">
        <Ago at={onset.at} />
      </span>{' '}
      <CitedEvidence ids={onset.because.flatMap((claim) => claim.citing)} />
    </>
  );
}

const marksShown = 12;

function WhoFails({ scope }: { readonly scope: Investigation['scope'] }): ReactElement {
  const { failing, healthy, matrix } = scope;
  if (matrix === undefined) return <span className="tone-doubtful">the pods could not be looked at</span>;
  if (failing.length + healthy.length === 0) return <>no workload that the page is about</>;
  const undecided = matrix.rows.filter((row) => row.health === 'undecided').length;
  const marks: readonly Replica['health'][] = [
    ...failing.map(() => 'failing' as const),
    ...Array.from({ length: undecided }, () => 'undecided' as const),
    ...healthy.map(() => 'healthy' as const),
  ];
  return (
    <>
      <strong>
        {failing.length} of {counted(marks.length, 'replica')}
      </strong>{' '}
      {marks.length > marksShown ? null : (
        <span className="marks" aria-hidden="true">
          {marks.map((health, index) => (
            // oxlint-disable-next-line no-array-index-key -- marks have nothing but their place
            <Glyph key={index} tone={healths[health].tone} />
          ))}
        </span>
      )}
      {scope.target === undefined ? null : <span className="fact-line quiet">{subjectWords(scope.target)}</span>}
    </>
  );
}

/** The investigation is from when it was looked; what was watched since is younger. */
function Latest({ view }: { readonly view: IncidentView }): ReactElement | null {
  const latest: WatchedView | undefined = view.attempts
    .flatMap((attempt) => attempt.watched.slice(-1))
    .toSorted((one, other) => one.at.localeCompare(other.at))
    .at(-1);
  if (latest === undefined) return null;
  const { words, tone } = watchedWords(latest, view.investigation?.alert.measured?.unit);
  return (
    <p className="latest">
      <Glyph tone={tone} />
      <span>
        <strong>Seen last</strong> <Ago at={latest.at} />: {words}
      </span>
    </p>
  );
}

function Pages({ view }: { readonly view: IncidentView }): ReactElement | null {
  const { pages } = view;
  if (pages.length === 0) return null;
  const resolved = pages.filter((page) => page.state === 'resolved').length;
  return (
    <p className="quiet small">
      {pages.length} {pages.length === 1 ? 'page' : 'pages'} of the same cause, {resolved === 0 ? 'none resolved' : `${resolved} resolved`};
      the last <Ago at={pages.at(-1)?.at ?? view.openedAt} />
    </p>
  );
}

function Acknowledging({ view }: { readonly view: IncidentView }): ReactElement | null {
  const wish = useWish(view.id);
  const mayOperate = useMayOperate();
  if (view.acknowledged !== undefined)
    return (
      <span className="quiet">
        seen by {view.acknowledged.by} <Ago at={view.acknowledged.at} />
      </span>
    );
  if (!mayOperate) return null;
  return (
    <button type="button" className="button button-plain" disabled={wish.isPending} onClick={() => wish.mutate({ to: 'acknowledge' })}>
      I have seen it
    </button>
  );
}
