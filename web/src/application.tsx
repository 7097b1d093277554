import { lazy, type ReactElement, Suspense, useEffect, useRef } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { IncidentList } from './list/incident-list.tsx';
import { SignIn } from './list/sign-in.tsx';
import { FailureNote } from './pieces/failure-note.tsx';
import { useSession } from './server/session.ts';
import { SignedIn } from './server/signed-in.ts';

const IncidentPage = lazy(async () => ({ default: (await import('./incident/incident-page.tsx')).IncidentPage }));

export function Application(): ReactElement {
  const session = useSession();
  useFocusOnTheNewPage();
  if (session.data === undefined) {
    return (
      <main className="alone">
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
    <main className="alone" id="main">
      <h1>There is no such page</h1>
      <p>
        <Link href="/">All incidents</Link>
      </p>
    </main>
  );
}

/** A change of page is told by the heading, which a browser does by itself only where it loads a document. */
function useFocusOnTheNewPage(): void {
  const [location] = useLocation();
  const before = useRef(location);
  useEffect(() => {
    if (before.current === location) return;
    before.current = location;
    window.scrollTo(0, 0);
    document.getElementById('main')?.focus();
  }, [location]);
}
