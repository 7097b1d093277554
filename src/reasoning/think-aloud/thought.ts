import type { Citation } from '../../domain/citation.ts';
import type { PhaseName, PublishedThought } from '../../domain/investigation.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import { evidenceId } from '../publish-claims.ts';

/** One step of the monologue: a question, the command that would show the same, what was seen, what follows. */
export interface Thought {
  readonly phase: PhaseName;
  readonly question: string;
  readonly command: string;
  /** One fact a line: see `facts`. */
  readonly saw: string;
  readonly conclusion: string;
  readonly citing: readonly Citation[];
}

/** `at` is the time of collection: a replay thinks the same thoughts at the same time. */
export function publishThought(thought: Thought, at: Instant): PublishedThought {
  const { phase, question, command, saw, conclusion, citing } = thought;
  return { phase, at: formatInstant(at), question, command, saw, conclusion, citing: [...new Set(citing.map(evidenceId))] };
}

/** What was seen, one fact a line. Words of the cluster that span several lines stay one fact. */
export function facts(seen: readonly string[]): string {
  return seen.map((fact) => fact.replace(/\s+/g, ' ').trim()).join('\n');
}

/** "a, b and 3 more" */
export function listed(names: readonly string[], most = 4): string {
  if (names.length <= most) return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
