import type { ReactElement } from 'react';
import type { WatchedView } from '../../../src/surfaces/http/contract.ts';
import type { Series } from '../contract-parts.ts';
import { Disclosure } from '../pieces/disclosure.tsx';
import { ClockTime } from '../pieces/moment.tsx';
import { measureWords, thresholdWords } from '../words/measure-words.ts';
import { counted } from '../words/subject-words.ts';
import { durationWords } from '../words/time-words.ts';
import { watchedWords } from '../words/watched-words.ts';
import { AlertStrip, MeasureStrip, ReplicaStrip } from './watched-strips.tsx';

interface Watched {
  readonly watched: readonly WatchedView[];
  readonly measured: Series | undefined;
}

const lookedAtMost = 90;

/** Replicas, measure and alert, side by side in time: only together do they say that it worked. */
export function Watching({ watched, measured }: Watched): ReactElement | null {
  const shown = watched.slice(-lookedAtMost);
  const first = shown[0];
  const last = shown.at(-1);
  if (first === undefined || last === undefined) return null;
  const threshold = measured === undefined ? undefined : thresholdWords(measured);
  const span = durationWords(Date.parse(last.at) - Date.parse(first.at));
  return (
    <figure className="watching">
      <figcaption>
        Watched together: {counted(shown.length, 'look')} in {span}
        {unseenWords(shown)}
      </figcaption>
      <div className="strips" role="img" aria-label={spokenCourse(first, last, measured?.unit)}>
        <Strip name="Replicas" now={`${last.healthyReplicas ?? '?'} healthy, ${last.failingReplicas ?? '?'} failing`}>
          <ReplicaStrip watched={shown} />
        </Strip>
        <Strip
          name={`Measure${threshold === undefined ? '' : `, ${threshold}`}`}
          now={last.measured === undefined ? 'not seen' : measureWords(last.measured, measured?.unit)}
        >
          <MeasureStrip watched={shown} threshold={measured?.threshold} />
        </Strip>
        <Strip name="Alert" now={last.alert ?? 'not seen'}>
          <AlertStrip watched={shown} />
        </Strip>
        <p className="strip-times faint">
          <ClockTime at={first.at} /> <ClockTime at={last.at} />
        </p>
      </div>
      <Disclosure summary="Look by look">{() => <Looks watched={shown} unit={measured?.unit} />}</Disclosure>
    </figure>
  );
}

function Strip({ name, now, children }: { readonly name: string; readonly now: string; readonly children: ReactElement }): ReactElement {
  return (
    <div className="strip">
      <p>
        <span className="quiet">{name}</span> <strong>{now}</strong>
      </p>
      {children}
    </div>
  );
}

function unseenWords(watched: readonly WatchedView[]): string {
  const unseen = watched.filter((each) => [each.alert, each.failingReplicas, each.measured].includes(undefined)).length;
  return unseen === 0 ? '' : `; ${unseen} could not see everything`;
}

function spokenCourse(first: WatchedView, last: WatchedView, unit: Series['unit']): string {
  return `At first: ${watchedWords(first, unit).words}. Last: ${watchedWords(last, unit).words}.`;
}

function Looks({ watched, unit }: { readonly watched: readonly WatchedView[]; readonly unit: Series['unit'] }): ReactElement {
  return (
    <div className="table-scroll" role="region" aria-label="Look by look" tabIndex={0}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">Healthy</th>
            <th scope="col">Failing</th>
            <th scope="col">Measure</th>
            <th scope="col">Alert</th>
          </tr>
        </thead>
        <tbody>
          {watched.toReversed().map(({ alert, at, failingReplicas, healthyReplicas, measured }) => (
            <tr key={at}>
              <th scope="row">
                <ClockTime at={at} />
              </th>
              <td>{healthyReplicas ?? 'not seen'}</td>
              <td>{failingReplicas ?? 'not seen'}</td>
              <td>{measured === undefined ? 'not seen' : measureWords(measured, unit)}</td>
              <td>{alert ?? 'not seen'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
