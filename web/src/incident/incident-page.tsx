import { memo, type ReactElement, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { IncidentView } from '../../../src/surfaces/http/contract.ts';
import { useAnnounce } from '../pieces/announcer.tsx';
import { takeFocusOnArrival } from '../pieces/arrival.ts';
import { EvidenceAtHand } from '../pieces/claims.tsx';
import { FailureNote } from '../pieces/failure-note.tsx';
import { useIncidentView } from '../server/incidents.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { type FollowedTimeline, useTimeline } from '../timeline/use-timeline.ts';
import { incidentStates } from '../words/state-words.ts';
import { Aftermath } from './aftermath.tsx';
import { Answer } from './answer.tsx';
import { BlastRadius } from './blast-radius.tsx';
import { Changes } from './changes.tsx';
import { IncidentHeader } from './incident-header.tsx';
import { Notes } from './notes.tsx';
import { Plans } from './plans.tsx';
import { Why } from './why.tsx';

export function IncidentPage({ incident }: { readonly incident: string }): ReactElement {
  const view = useIncidentView(incident);
  if (view.data !== undefined) return <FollowedIncident view={view.data} />;
  return (
    <main className="alone" id="main" tabIndex={-1} ref={takeFocusOnArrival}>
      <h1>{incident}</h1>
      {view.error === null ? (
        <p className="quiet">Reading the incident …</p>
      ) : (
        <FailureNote failure={view.error} again={() => void view.refetch()} />
      )}
      <p>
        <Link href="/">All incidents</Link>
      </p>
    </main>
  );
}

const noEvidence = {};

function FollowedIncident({ view }: { readonly view: IncidentView }): ReactElement {
  const timeline = useTimeline(view.id, view.length);
  const { connection } = timeline;
  const { investigation } = view;
  useNews(view, timeline);
  return (
    <EvidenceAtHand value={investigation?.evidence ?? noEvidence}>
      <IncidentHeader view={view} connection={connection} progress={timeline.progress} />
      <main id="main" tabIndex={-1} ref={takeFocusOnArrival} className={`incident${connection.state === 'lost' ? ' is-stale' : ''}`}>
        <Sections view={view} />
        <Timeline timeline={timeline} />
      </main>
    </EvidenceAtHand>
  );
}

/** Apart, so that an entry of the timeline, of which many come in a second, draws nothing else again. */
const Sections = memo(function Sections({ view }: { readonly view: IncidentView }): ReactElement {
  const { investigation } = view;
  return (
    <>
      <Answer view={view} />
      <div className="incident-sections">
        <Plans view={view} />
        {investigation === undefined ? null : (
          <>
            <BlastRadius scope={investigation.scope} />
            <Changes
              changes={investigation.changes}
              measured={investigation.alert.measured}
              onset={investigation.onset}
              seenUntil={investigation.finishedAt}
            />
            <Why hypotheses={investigation.hypotheses} blindSpots={investigation.blindSpots} outcome={investigation.outcome} />
          </>
        )}
        <Notes view={view} />
        <Aftermath view={view} />
      </div>
    </>
  );
});

/** Says what matters to whoever does not look: where the incident is now, what happened last, and that news no longer come. */
function useNews(view: IncidentView, { connection, latest }: FollowedTimeline): void {
  const announce = useAnnounce();
  const { state } = view;
  const before = useRef({ state, connection: connection.state });
  useEffect(() => {
    document.title = `${incidentStates[state].words}: ${view.alert?.summary ?? view.id} · Stanch`;
    if (before.current.state !== state) announce(`${incidentStates[state].words}.`);
    before.current.state = state;
  }, [announce, state, view.alert?.summary, view.id]);
  useEffect(() => {
    const was = before.current.connection;
    before.current.connection = connection.state;
    if (connection.state === 'lost' && was !== 'lost') announce('Connection lost. What is shown may be old.');
    if (connection.state === 'live' && was === 'lost') announce('Connected again.');
  }, [announce, connection.state]);
  useEffect(() => {
    if (latest !== undefined) announce(latest.title);
  }, [announce, latest]);
}
