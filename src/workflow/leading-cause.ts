import { tellingInvestigation } from '../domain/telling-investigation.ts';
import type { Incident } from '../domain/incident.ts';
import type { PublishedHypothesis } from '../domain/investigation.ts';
import { subjectKey } from '../domain/subject.ts';
import { isInOurHands } from './is-over.ts';

/** What the latest investigation holds for the cause. Undefined: it was not asked why yet, or the cause cannot be told. */
export function leadingCause(incident: Pick<Incident, 'investigations' | 'attempts'>): PublishedHypothesis | undefined {
  const investigation = tellingInvestigation(incident);
  return investigation?.outcome === 'explained' ? investigation.hypotheses.find(({ root }) => root) : undefined;
}

/** The same for two incidents that one cause has brought about. */
export function causeKey({ failureMode, subject }: Pick<PublishedHypothesis, 'failureMode' | 'subject'>): string {
  return `${failureMode} ${subjectKey(subject)}`;
}

/** Nobody works on it any more, or its own changes have to be put back here: then it is not worked on elsewhere. */
export function canBeJoined(incident: Incident): boolean {
  return isOpenHere(incident) && !isInOurHands(incident);
}

/** True: it is the place where its trouble is worked on. */
export function isOpenHere({ closed, aborted, joined }: Incident): boolean {
  return closed === undefined && aborted === undefined && joined === undefined;
}
