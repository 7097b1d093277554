import { type Attempt, type Incident, incidentOf, withEvent } from '../domain/incident.ts';
import type { IncidentEvent } from '../domain/incident-event.ts';
import { formatInstant } from '../domain/instant.ts';
import type { PhaseName } from '../domain/investigation.ts';
import { describeEvent, type EntryWords } from './timeline-words.ts';
import { oneCommand, oneLine, terminalSafe } from './terminal-safe.ts';

/** One thing that happened, as one line and what can be opened below it. */
export interface TimelineEntry {
  /** Of the event, from 0. */
  readonly position: number;
  /** From 0: a thought of the investigation at this position. Absent: the event itself, which follows its parts. */
  readonly part?: number;
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
  readonly kind: string;
  /** Of a thought: its question. */
  readonly title: string;
  /** Lines; of a thought: what was seen. Absent: the title says it all. */
  readonly text?: string;
  /** What follows. Absent: it is no thought. */
  readonly conclusion?: string;
  /** Absent: it is no thought. */
  readonly phase?: PhaseName;
  /** To copy, one a line. Absent: nothing is to be typed. */
  readonly command?: string;
  /** Keys of the investigation's evidence. Absent: none. */
  readonly citing?: readonly string[];
  readonly tone: 'neutral' | 'good' | 'bad' | 'doubtful';
}

export interface TimelinePart {
  /** From this event on. */
  readonly from: number;
  /** So many events at the most; each of them is told whole. */
  readonly events: number;
}

/** What some of the events say. All of them are given, because a change is told in the words of the plan that it is part of. */
export function timelineOf(events: readonly IncidentEvent[], { from, events: most }: TimelinePart): readonly TimelineEntry[] {
  const told = events.slice(from, from + most);
  let incident = incidentOf(events.slice(0, from));
  return told.flatMap((event, index) => {
    incident = incident === undefined ? incidentOf([event]) : withEvent(incident, event);
    return entriesOf(event, from + index, incident);
  });
}

/** What one event says. `incident`: with the event in it. */
export function entriesOf(event: IncidentEvent, position: number, incident: Incident | undefined): readonly TimelineEntry[] {
  const attempt = attemptOf(event, incident);
  const words = describeEvent(event, attempt);
  const entry = { ...safe(words), position, at: formatInstant(event.at), by: oneLine(event.by), kind: event.kind };
  if (event.kind !== 'investigated') return [entry];
  const thoughts = event.investigation.thoughts.map((thought, part) => ({
    ...safe({ title: thought.question, text: thought.saw, command: thought.command, tone: 'neutral' }),
    conclusion: terminalSafe(thought.conclusion).trim(),
    phase: thought.phase,
    ...(thought.citing.length === 0 ? {} : { citing: thought.citing }),
    position,
    part,
    at: thought.at,
    by: oneLine(event.by),
    kind: 'thought',
  }));
  return [...thoughts, entry];
}

function attemptOf(event: IncidentEvent, incident: Incident | undefined): Attempt | undefined {
  return 'attempt' in event ? incident?.attempts.find(({ number }) => number === event.attempt) : undefined;
}

function safe({ title, text, command, tone }: EntryWords): Pick<TimelineEntry, 'title' | 'text' | 'command' | 'tone'> {
  const lines = text === undefined ? '' : terminalSafe(text).trim();
  const commands = command === undefined ? '' : command.split('\n').map(oneCommand).join('\n').trim();
  return {
    title: oneLine(title),
    ...(lines === '' ? {} : { text: lines }),
    ...(commands === '' ? {} : { command: commands }),
    tone,
  };
}
