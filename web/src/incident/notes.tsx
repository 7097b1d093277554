import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { IncidentView } from '../../../src/surfaces/http/contract.ts';
import { useMayOperate } from '../server/signed-in.ts';
import { useAnnounce } from '../pieces/announcer.tsx';
import { CopyButton } from '../pieces/command.tsx';
import { Disclosure } from '../pieces/disclosure.tsx';
import { FailureNote } from '../pieces/failure-note.tsx';
import { Ago } from '../pieces/moment.tsx';
import { Section } from '../pieces/section.tsx';
import { useWish } from '../server/incidents.ts';

/** What was typed and not saved, by incident: it outlives a walk to another page, not the tab. */
const drafts = new Map<string, Draft>();

interface Draft {
  readonly text: string;
  /** What had been saved when this was begun: anything else by now is somebody else's. */
  readonly over: string;
}

export function Notes({ view }: { readonly view: IncidentView }): ReactElement {
  const mayOperate = useMayOperate();
  return (
    <Section id="notes" title="Notes">
      {mayOperate ? (
        <NotesEditor view={view} />
      ) : (
        <pre className="notes-read">{view.notes?.text ?? 'Nobody has written anything yet.'}</pre>
      )}
      <Disclosure summary="The report: notes, timeline, evidence, as Markdown">{() => <Report text={view.report} />}</Disclosure>
    </Section>
  );
}

function NotesEditor({ view }: { readonly view: IncidentView }): ReactElement {
  const saved = view.notes?.text ?? '';
  const [draft, setDraft] = useDraft(view.id);
  const wish = useWish(view.id);
  const announce = useAnnounce();
  const text = draft?.text ?? saved;
  const isDirty = draft !== undefined && draft.text !== saved;
  const isOvertaken = isDirty && draft.over !== saved;
  const save = (): void =>
    wish.mutate(
      { to: 'notes', text },
      {
        onSuccess: () => {
          setDraft({ text, over: text });
          announce('Notes saved.');
        },
      },
    );
  return (
    <>
      <label htmlFor="notes-text">What a colleague should know tomorrow. Markdown</label>
      <textarea
        id="notes-text"
        className="notes-text"
        rows={7}
        value={text}
        onChange={(event) => setDraft({ text: event.target.value, over: draft?.over ?? saved })}
      />
      {isOvertaken ? (
        <div className="aside-note">
          <p>{view.notes?.by} has saved other notes since you began. Saving replaces them:</p>
          <pre className="excerpt">{saved}</pre>
          <button type="button" className="button" onClick={() => setDraft(undefined)}>
            Take those instead
          </button>
        </div>
      ) : null}
      {wish.error === null ? null : <FailureNote failure={wish.error} />}
      <div className="actions">
        <button type="button" className="button" disabled={!isDirty || wish.isPending} onClick={save}>
          {wish.isPending ? 'Saving …' : 'Save the notes'}
        </button>
        <p className="quiet">
          <SavedState view={view} isDirty={isDirty} />
        </p>
      </div>
    </>
  );
}

function SavedState({ view, isDirty }: { readonly view: IncidentView; readonly isDirty: boolean }): ReactElement | null {
  if (isDirty) return <>Not saved yet; kept in this tab.</>;
  if (view.notes === undefined) return null;
  return (
    <>
      Saved by {view.notes.by} <Ago at={view.notes.at} />
    </>
  );
}

function useDraft(incident: string): readonly [Draft | undefined, (draft: Draft | undefined) => void] {
  const [draft, setDraft] = useState(() => drafts.get(incident));
  useEffect(() => {
    if (draft === undefined) drafts.delete(incident);
    else drafts.set(incident, draft);
  }, [draft, incident]);
  const isUnsaved = draft !== undefined && draft.text !== draft.over;
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isUnsaved]);
  return [draft, setDraft];
}

function Report({ text }: { readonly text: string }): ReactElement {
  const shown = useRef<HTMLPreElement>(null);
  return (
    <div className="report">
      <CopyButton text={text} what="the report" selects={() => shown.current} />
      <pre ref={shown} tabIndex={0} aria-label="The report">
        {text}
      </pre>
    </div>
  );
}
