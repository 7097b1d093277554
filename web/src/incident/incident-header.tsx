import { type ReactElement, useState } from 'react';
import { Link } from 'wouter';
import type { IncidentView } from '../../../src/surfaces/http/contract.ts';
import { useMayOperate } from '../server/signed-in.ts';
import { Glyph } from '../pieces/glyph.tsx';
import { ClockTime, useNow } from '../pieces/moment.tsx';
import { Sheet } from '../pieces/sheet.tsx';
import { FailureNote } from '../pieces/failure-note.tsx';
import type { Connection } from '../server/connection.ts';
import { useWish } from '../server/incidents.ts';
import { isResting } from '../words/state-words.ts';
import { durationWords } from '../words/time-words.ts';

interface Heading {
  readonly view: IncidentView;
  readonly connection: Connection;
  readonly progress: string | undefined;
}

export function IncidentHeader({ view, connection, progress }: Heading): ReactElement {
  const mayOperate = useMayOperate();
  return (
    <header className="top-stays">
      <div className="top">
        <Link href="/" className="back">
          <span aria-hidden="true">←</span> Incidents
        </Link>
        <ConnectionState connection={connection} />
        {mayOperate && !isResting(view.state) ? <Aborting view={view} /> : null}
      </div>
      {connection.state === 'lost' ? <LostNote since={connection.since} /> : null}
      {progress === undefined ? null : (
        <p className="progress">
          <Glyph tone="busy" /> {progress}
        </p>
      )}
    </header>
  );
}

function ConnectionState({ connection }: { readonly connection: Connection }): ReactElement {
  switch (connection.state) {
    case 'live':
      return (
        <p className="connection quiet">
          <span className="connection-dot" aria-hidden="true" /> live
        </p>
      );
    case 'connecting':
      return <p className="connection quiet">connecting …</p>;
    case 'lost':
      return <p className="connection tone-doubtful">not connected</p>;
  }
}

function LostNote({ since }: { readonly since: number }): ReactElement {
  const now = useNow();
  const at = new Date(since).toISOString();
  return (
    <p className="stale-note">
      <Glyph tone="doubtful" />
      <span>
        Not connected since <ClockTime at={at} /> UTC, {durationWords(Math.max(0, now - since))} ago. What you see is from then. Trying
        again …
      </span>
    </p>
  );
}

function Aborting({ view }: { readonly view: IncidentView }): ReactElement {
  const [isAsked, setAsked] = useState(false);
  const wish = useWish(view.id);
  const close = (): void => setAsked(false);
  return (
    <>
      <button type="button" className="button button-plain" onClick={() => setAsked(true)}>
        Stop …
      </button>
      <Sheet title="Stop working on this incident?" isOpen={isAsked} close={close}>
        <p>Nothing more is done by itself. What was done so far stays as it is, until somebody puts it back.</p>
        {wish.error === null ? null : <FailureNote failure={wish.error} />}
        <div className="choices">
          <button
            type="button"
            className="button button-bad"
            disabled={wish.isPending}
            onClick={() => wish.mutate({ to: 'abort' }, { onSuccess: close })}
          >
            Stop
          </button>
          <button type="button" className="button" onClick={close}>
            Go on
          </button>
        </div>
      </Sheet>
    </>
  );
}
