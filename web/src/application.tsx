import { type ComponentType, lazy, type ReactElement, Suspense, useEffect, useRef } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { IncidentList } from './list/incident-list.tsx';
import { SignIn } from './list/sign-in.tsx';
import { noteWalk, takeFocusOnArrival } from './pieces/arrival.ts';
import { FailureNote } from './pieces/failure-note.tsx';
import { useSession } from './server/session.ts';
import { SignedIn } from './server/signed-in.ts';

const loadIncidentPage = async (): Promise<{ readonly default: ComponentType<{ readonly incident: string }> }> => ({
  default: (await import('./incident/incident-page.tsx')).IncidentPage,
});
const IncidentPage = lazy(loadIncidentPage);

export function Application(): ReactElement {
  const session = useSession();
  useNotedWalks();
  useLoadedAhead(session.data?.user !== undefined);
  if (session.data === undefined) {
    return (
      <main className="alone">
        <h1>Stanch</h1>
        {session.error === null ? (
          <p className="quiet">Asking the server who you are …</p>
        ) : (
          <FailureNote failure={session.error} again={() => void session.refetch()} />
        )}
      </main>
    );
  }
  const { user } = session.data;
  if (user === undefined) return <SignIn session={session.data} />;
  return (
    <SignedIn value={user}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Suspense fallback={<main className="alone quiet">Loading …</main>}>
        <Switch>
          <Route path="/">
            <IncidentList session={session.data} />
          </Route>
          <Route path="/incidents/:incident">{({ incident }) => <IncidentPage key={incident} incident={incident} />}</Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </SignedIn>
  );
}

function NotFound(): ReactElement {
  return (
    <main className="alone" id="main" tabIndex={-1} ref={takeFocusOnArrival}>
      <h1>There is no such page</h1>
      <p>
        <Link href="/">All incidents</Link>
      </p>
    </main>
  );
}

/** The network may be gone when an incident is opened from the list: its page is there by then. */
function useLoadedAhead(isSignedIn: boolean): void {
  useEffect(() => {
    // Should it fail, it is loaded again when it is needed, and its failure is told there.
    if (isSignedIn) loadIncidentPage().catch(() => undefined);
  }, [isSignedIn]);
}

/** Whoever walks to another page begins at its top. */
function useNotedWalks(): void {
  const [location] = useLocation();
  const before = useRef(location);
  useEffect(() => {
    if (before.current !== location) noteWalk();
    before.current = location;
  }, [location]);
}
