import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { IncidentView } from '../../../src/surfaces/http/contract.ts';
import type { FollowUp } from '../contract-parts.ts';
import { Command } from '../pieces/command.tsx';
import { Disclosure } from '../pieces/disclosure.tsx';
import { Glyph } from '../pieces/glyph.tsx';
import { Ago, Moment } from '../pieces/moment.tsx';
import { Section } from '../pieces/section.tsx';
import { useSimilar } from '../server/incidents.ts';
import { dueWords } from '../words/time-words.ts';

/** What is left to do, who was told, and what happened before that looked alike. */
export function Aftermath({ view }: { readonly view: IncidentView }): ReactElement {
  const followUps = view.closed?.followUps ?? view.investigation?.followUps ?? [];
  return (
    <>
      {followUps.length + (view.closed?.looseEnds.length ?? 0) === 0 ? null : (
        <Section id="after" title="Before it is forgotten">
          <LooseEnds view={view} />
          {followUps.map((each) => (
            <FollowUpLine key={`${each.kind}${each.title}`} followUp={each} />
          ))}
        </Section>
      )}
      <Deliveries view={view} />
      <Similar incident={view.id} />
    </>
  );
}

function LooseEnds({ view: { closed } }: { readonly view: IncidentView }): ReactElement | null {
  if (closed === undefined || closed.looseEnds.length === 0) return null;
  return (
    <ul className="loose-ends">
      {closed.looseEnds.map(({ command, says, state }) => (
        <li key={says}>
          <Glyph tone={state === 'put-back' ? 'good' : 'doubtful'} />
          <div>
            <p>
              {says} <span className="quiet">{state.replaceAll('-', ' ')}</span>
            </p>
            {command === undefined ? null : <Command line={command} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

const kinds: { readonly [Kind in FollowUp['kind']]: string } = { ticket: 'Ticket', reminder: 'Reminder', gate: 'Gate' };

function FollowUpLine({ followUp: { due, kind, text, timeZone, title } }: { readonly followUp: FollowUp }): ReactElement {
  return (
    <div className="follow-up">
      <p>
        <span className="follow-up-kind">{kinds[kind]}</span> <strong>{title}</strong>
        {due === undefined ? null : (
          <span className="quiet">
            , due <time dateTime={due}>{dueWords(due, timeZone)}</time>
          </span>
        )}
      </p>
      {text.includes('\n') ? (
        <Disclosure summary="Its text">{() => <pre className="excerpt">{text}</pre>}</Disclosure>
      ) : (
        <p className="quiet">{text}</p>
      )}
    </div>
  );
}

function Deliveries({ view: { deliveries } }: { readonly view: IncidentView }): ReactElement | null {
  if (deliveries.length === 0) return null;
  return (
    <Section id="told" title="Who was told">
      <ul className="deliveries">
        {deliveries.map(({ at, link, target, what }) => (
          <li key={`${at}${target}${what}`}>
            <Ago at={at} />, {target}: {link !== undefined && isWebAddress(link) ? <a href={link}>{what}</a> : what}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** A link comes from outside; a browser would run what begins with another scheme. */
function isWebAddress(link: string): boolean {
  return /^https?:[/][/]/i.test(link);
}

function Similar({ incident }: { readonly incident: string }): ReactElement | null {
  const similar = useSimilar(incident);
  if (similar.data === undefined || similar.data.length === 0) return null;
  return (
    <Section id="similar" title="It looked alike before">
      <ul className="similar">
        {similar.data.map(({ because, id, openedAt, summary }) => (
          <li key={id}>
            <Link href={`/incidents/${encodeURIComponent(id)}`}>{summary}</Link>
            <p className="quiet">
              <Moment at={openedAt} />; {because}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
