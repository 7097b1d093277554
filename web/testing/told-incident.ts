import type { AttemptView, IncidentListItem, IncidentView, TimelineEntry } from '../../src/surfaces/http/contract.ts';
import type { Investigation } from './investigations.ts';

/** An incident as the server would tell it at one moment. */
export interface ToldIncident {
  readonly view: IncidentView;
  readonly entries: readonly TimelineEntry[];
}

export type NewEntry = Omit<TimelineEntry, 'position' | 'at' | 'by'> & { readonly at?: string; readonly by?: string };

/** What happens next: a new view, and what is added to the timeline. All of `thoughts` share one position with the look that they are part of. */
export interface Happening {
  readonly view?: Partial<IncidentView>;
  readonly entries?: readonly NewEntry[];
  readonly thoughts?: Investigation['thoughts'];
  readonly progress?: string;
}

/** One step of a story, told from how things are. */
export type Step = (told: ToldIncident, at: string) => Happening;

export function after(told: ToldIncident, happening: Happening, at: string): ToldIncident {
  const { length } = told.view;
  const entries = (happening.entries ?? []).map(
    (entry, index): TimelineEntry => ({ at, by: 'stanch', ...entry, position: length + index }),
  );
  const next = length + entries.length;
  const thoughts = (happening.thoughts ?? []).map((thought, part) => entryOf(thought, { position: next, part }));
  const looked: readonly TimelineEntry[] =
    thoughts.length === 0
      ? []
      : [{ at, by: 'stanch', kind: 'investigated', title: 'Looked at what is wrong', tone: 'neutral', position: next }];
  return {
    view: { ...told.view, ...happening.view, length: next + looked.length },
    entries: [...told.entries, ...entries, ...thoughts, ...looked],
  };
}

function entryOf(
  { at, citing, command, conclusion, phase, question, saw }: Investigation['thoughts'][number],
  where: { readonly position: number; readonly part: number },
): TimelineEntry {
  return { ...where, at, by: 'stanch', kind: 'thought', title: question, text: saw, conclusion, phase, command, citing, tone: 'neutral' };
}

export function opened(
  id: string,
  { alert, investigation, at }: { readonly alert?: IncidentView['alert']; readonly investigation?: Investigation; readonly at: string },
): ToldIncident {
  const view: IncidentView = {
    id,
    length: 0,
    openedAt: at,
    cluster: 'lab',
    state: 'queued',
    pages: [],
    attempts: [],
    unfit: [],
    deliveries: [],
    report: '# Incident\n\nNothing is known yet.\n',
    ...(alert === undefined ? {} : { alert }),
  };
  const paged = after(
    { view, entries: [] },
    { entries: [{ kind: 'opened', title: `Paged: ${alert?.summary ?? 'by hand'}`, tone: 'bad' }] },
    at,
  );
  return investigation === undefined
    ? paged
    : after(paged, { thoughts: investigation.thoughts, view: { investigation, state: 'needs-human' } }, at);
}

export function listItem({ view, entries }: ToldIncident): IncidentListItem {
  return {
    id: view.id,
    openedAt: view.openedAt,
    lastEventAt: entries.at(-1)?.at ?? view.openedAt,
    cluster: view.cluster,
    state: view.state,
    ...(view.alert === undefined ? {} : { alert: view.alert.summary }),
    ...(view.investigation === undefined ? {} : { summary: view.investigation.summary }),
  };
}

export function attemptFrom(plan: Investigation['mitigations'][number], number: number): AttemptView {
  return {
    number,
    purpose: number === 1 ? 'mitigate' : 'repair',
    plan: `mark-${number}`,
    mitigation: plan.id,
    subject: plan.subject,
    title: plan.title,
    why: plan.why,
    expectation: plan.expectation,
    preconditions: plan.preconditions,
    warnings: plan.warnings,
    reversibility: plan.reversibility,
    canBeApproved: true,
    canBeUndone: false,
    changes: plan.commands.map((command) => ({ command, state: 'planned', detail: 'the server would accept it' })),
    undo: plan.undo,
    ...(plan.undoWhen === undefined ? {} : { undoWhen: plan.undoWhen }),
    watched: [],
  };
}

/** The same incident with this attempt changed. */
export function withAttempt({ view }: ToldIncident, number: number, change: Partial<AttemptView>): Pick<IncidentView, 'attempts'> {
  return { attempts: view.attempts.map((attempt) => (attempt.number === number ? { ...attempt, ...change } : attempt)) };
}
