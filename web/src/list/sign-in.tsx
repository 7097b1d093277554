import { type FormEvent, type ReactElement, useState } from 'react';
import type { Session } from '../../../src/surfaces/http/contract.ts';
import { FailureNote } from '../pieces/failure-note.tsx';
import { Glyph } from '../pieces/glyph.tsx';
import { Wordmark } from '../pieces/wordmark.tsx';
import { useSignIn } from '../server/session.ts';
import { signInProblemIn } from '../words/sign-in-words.ts';

export function SignIn({ session }: { readonly session: Session }): ReactElement {
  const [token, setToken] = useState('');
  const signIn = useSignIn();
  const [problem] = useState(() => signInProblemIn(location.search));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate(token.trim());
  };
  return (
    <main className="alone sign-in" id="main">
      <Wordmark />
      <h1>Sign in</h1>
      {problem === undefined ? null : (
        <div className="failure-note" role="alert">
          <p>
            <Glyph tone="bad" /> <strong>{problem.happened}</strong>
          </p>
          <p>{problem.whatToDo}</p>
        </div>
      )}
      <form onSubmit={submit}>
        <label htmlFor="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="current-password"
          required
          value={token}
          aria-describedby="token-help"
          onChange={(event) => setToken(event.target.value)}
        />
        <p id="token-help" className="quiet">
          The one that the server printed when it was first started, or one that an administrator made for you.
        </p>
        {signIn.error === null ? null : <FailureNote failure={signIn.error} />}
        <button type="submit" className="button button-primary" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
      {session.openId === undefined ? null : (
        <p>
          <a className="button" href={`/api/v1/session/openid?back=${encodeURIComponent(location.pathname)}`}>
            Sign in with {session.openId.name}
          </a>
        </p>
      )}
      <p className="faint">Stanch {session.version}</p>
    </main>
  );
}
