import type { IncidentEvent } from '../../domain/incident-event.ts';
import type { Appended, Outdated, StoreFailure } from '../../ports/incident-store.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import type { ServerStore } from '../../ports/server-store.ts';

export interface StoreEars {
  /** Jobs that an event causes by itself, stored in the same transaction. `position`: of the event in its incident. */
  readonly causes: (event: IncidentEvent, of: { readonly incident: string; readonly position: number }) => readonly JobRequest[];
  readonly stored: (incident: string, length: number) => void;
  /** There may be work. */
  readonly asked: () => void;
}

/** The same store, in which whatever happens causes what has to follow from it, whoever records it. */
export function storeThatTells(store: ServerStore, { causes, stored, asked }: StoreEars): ServerStore {
  const { incidents, pages, jobs } = store;
  const causedBy = (incident: string, length: number, events: readonly IncidentEvent[]): readonly JobRequest[] =>
    events.flatMap((event, index) => causes(event, { incident, position: length + index }));
  const told = async <Answer extends Appended | Outdated | StoreFailure>(
    incident: string,
    jobsOfIt: readonly JobRequest[],
    appending: Promise<Answer>,
  ): Promise<Answer> => {
    const answer = await appending;
    if (answer.state !== 'appended') return answer;
    stored(incident, answer.length);
    if (jobsOfIt.length > 0) asked();
    return answer;
  };
  return {
    ...store,
    incidents: {
      ...incidents,
      create: async (opening, wished = () => []) => {
        const created = await incidents.create(opening, (id) => [...wished(id), ...causes(opening, { incident: id, position: 0 })]);
        if (created.state !== 'created') return created;
        stored(created.id, 1);
        asked();
        return created;
      },
      append: (incident, expectedLength, events, wished = []) => {
        const all = [...wished, ...causedBy(incident, expectedLength, events)];
        return told(incident, all, incidents.append(incident, expectedLength, events, all));
      },
      appendAsOf: (incident, known, events, wished = []) => {
        const all = [...wished, ...causedBy(incident, known.expectedLength, events)];
        return told(incident, all, incidents.appendAsOf(incident, known, events, all));
      },
    },
    pages: {
      ...pages,
      accept: async (...page) => {
        const answer = await pages.accept(...page);
        if (answer.state === 'accepted') asked();
        return answer;
      },
    },
    jobs: {
      ...jobs,
      enqueue: async (wished) => {
        const answer = await jobs.enqueue(wished);
        if (answer.state === 'stored') asked();
        return answer;
      },
    },
  };
}
