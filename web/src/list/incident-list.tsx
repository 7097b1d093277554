import { type ReactElement, useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { IncidentListItem, Session } from '../../../src/surfaces/http/contract.ts';
import { takeFocusOnArrival } from '../pieces/arrival.ts';
import { FailureNote } from '../pieces/failure-note.tsx';
import { Stands } from '../pieces/glyph.tsx';
import { Ago, useNow } from '../pieces/moment.tsx';
import { Wordmark } from '../pieces/wordmark.tsx';
import { useIncidents, type Which } from '../server/incidents.ts';
import { asServerTime } from '../server/server-clock.ts';
import { useSignOut } from '../server/session.ts';
import { incidentStates, isResting } from '../words/state-words.ts';
import { clockTime, durationWords } from '../words/time-words.ts';
import { OpenByHand } from './open-by-hand.tsx';

/** A list that could not be read again for this long is told to be old. */
const oldAfterMilliseconds = 25_000;

export function IncidentList({ session }: { readonly session: Session }): ReactElement {
  const [which, setWhich] = useState<Which>('open');
  const incidents = useIncidents(which);
  useEffect(() => {
    document.title = 'Incidents · Stanch';
  }, []);
  return (
    <>
      <ListHeader session={session} />
      <main id="main" tabIndex={-1} ref={takeFocusOnArrival} className="list-page">
        <h1>Incidents</h1>
        <fieldset className="which">
          <legend className="for-ears">Which incidents</legend>
          <WhichChoice value="open" chosen={which} choose={setWhich} words="Open" />
          <WhichChoice value="all" chosen={which} choose={setWhich} words="All" />
        </fieldset>
        {incidents.data === undefined || incidents.dataUpdatedAt === 0 ? null : <AgeOfList at={incidents.dataUpdatedAt} />}
        {incidents.data === undefined && incidents.error !== null ? (
          <FailureNote failure={incidents.error} again={() => void incidents.refetch()} />
        ) : null}
        {incidents.data === undefined && incidents.error === null ? <p className="quiet">Reading …</p> : null}
        {incidents.data === undefined ? null : <Incidents all={incidents.data} which={which} />}
        {session.user?.role === 'view' ? null : <OpenByHand />}
      </main>
    </>
  );
}

function ListHeader({ session }: { readonly session: Session }): ReactElement {
  const signOut = useSignOut();
  return (
    <header className="top top-stays">
      <Wordmark />
      <p className="who">
        {session.user?.name} <span className="quiet">may {session.user?.role}</span>
      </p>
      <button type="button" className="button button-plain" onClick={() => signOut.mutate()}>
        Sign out
      </button>
    </header>
  );
}

interface Choosing {
  readonly value: Which;
  readonly chosen: Which;
  readonly choose: (which: Which) => void;
  readonly words: string;
}

function WhichChoice({ value, chosen, choose, words }: Choosing): ReactElement {
  return (
    <label>
      <input type="radio" name="which" value={value} checked={chosen === value} onChange={() => choose(value)} />
      <span>{words}</span>
    </label>
  );
}

function AgeOfList({ at }: { readonly at: number }): ReactElement | null {
  const readAt = asServerTime(at);
  const age = useNow() - readAt;
  if (age < oldAfterMilliseconds) return null;
  return (
    <p className="stale-note" role="status">
      Not connected. This is how it was {durationWords(age)} ago, at {clockTime(new Date(readAt).toISOString())} UTC.
    </p>
  );
}

function Incidents({ all, which }: { readonly all: readonly IncidentListItem[]; readonly which: Which }): ReactElement {
  if (all.length === 0)
    return (
      <p className="nothing">
        {which === 'open' ? 'No incident is open. That nobody was paged does not say that nothing is wrong.' : 'There was no incident yet.'}
      </p>
    );
  const open = all.filter((each) => !isResting(each.state));
  const resting = all.filter((each) => isResting(each.state));
  return (
    <ul className="incidents">
      {[...open, ...resting].map((each) => (
        <li key={each.id}>
          <IncidentRow incident={each} />
        </li>
      ))}
    </ul>
  );
}

function IncidentRow({ incident }: { readonly incident: IncidentListItem }): ReactElement {
  const { id, alert, cluster, lastEventAt, openedAt, state, summary } = incident;
  return (
    <Link href={`/incidents/${encodeURIComponent(id)}`} className="incident-row">
      <span className="incident-row-head">
        <Stands is={incidentStates[state]} strong />
        <span className="quiet">
          opened <Ago at={openedAt} />
        </span>
      </span>
      <span className="incident-row-alert">{alert ?? 'Nobody was paged'}</span>
      <span className="incident-row-summary">{summary ?? 'Not investigated yet.'}</span>
      <span className="incident-row-foot quiet">
        <span>
          {cluster} · last news <Ago at={lastEventAt} />
        </span>
      </span>
    </Link>
  );
}
