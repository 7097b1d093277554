import type { Investigation } from './investigations.ts';
import { after, type NewEntry, opened, type ToldIncident } from './told-incident.ts';

/** An incident with as many timeline positions, every other one a whole thought of the investigation with its evidence. */
export function longIncident(id: string, investigation: Investigation, positions: number): ToldIncident {
  const at = investigation.finishedAt;
  const beginning = opened(id, { at, investigation, alert: { name: 'LongNight', summary: 'A night without an end' } });
  const entries = Array.from({ length: positions - beginning.view.length }, (_, index) => oneOfMany(investigation, index));
  return after(beginning, { entries }, at);
}

export function oneOfMany({ thoughts }: Investigation, index: number): NewEntry {
  const thought = thoughts[index % thoughts.length];
  if (thought === undefined || index % 2 === 0) return { kind: 'observed', title: `Look ${index}: 2 healthy, 2 failing`, tone: 'bad' };
  const { citing, command, conclusion, phase, question, saw } = thought;
  return { kind: 'thought', title: `${question} (${index})`, text: saw, conclusion, phase, command, citing, tone: 'neutral' };
}
