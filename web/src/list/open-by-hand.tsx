import { type FormEvent, type ReactElement, useState } from 'react';
import { useLocation } from 'wouter';
import { Disclosure } from '../pieces/disclosure.tsx';
import { FailureNote } from '../pieces/failure-note.tsx';
import { useOpenIncident } from '../server/incidents.ts';

export function OpenByHand(): ReactElement {
  return (
    <Disclosure className="by-hand" summary="Open an incident by hand">
      {() => <PageForm />}
    </Disclosure>
  );
}

function PageForm(): ReactElement {
  const [page, setPage] = useState('');
  const [, goTo] = useLocation();
  const opening = useOpenIncident();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    opening.mutate(page, {
      onSuccess: ({ incident }) => {
        setPage('');
        if (incident !== undefined) goTo(`/incidents/${encodeURIComponent(incident)}`);
      },
    });
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="by-hand-page">What is wrong? In plain words, or the payload of an alert</label>
      <textarea id="by-hand-page" required rows={4} value={page} onChange={(event) => setPage(event.target.value)} />
      {opening.error === null ? null : <FailureNote failure={opening.error} />}
      {opening.isSuccess ? <p role="status">It is accepted, and is looked at now.</p> : null}
      <button type="submit" className="button" disabled={opening.isPending}>
        {opening.isPending ? 'Sending …' : 'Look into it'}
      </button>
    </form>
  );
}
