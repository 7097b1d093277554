import type { Question } from '../domain/alert.ts';
import type { EvidenceKind, Snapshot } from '../domain/evidence.ts';
import { lastSeenAt } from '../domain/event-index.ts';
import { millisecondsPerHour } from '../domain/instant.ts';
import { resourceOfKind } from '../domain/kubernetes/resources.ts';
import type { FactSource } from './fact-source.ts';

/** The API server keeps events for an hour, unless it is told otherwise. */
const keptMilliseconds = millisecondsPerHour;

/**
 * A warning about an object of a kind that could not be read: what is wrong with it, or whether it still is, nobody saw.
 * Undefined: there is none among whom was asked about.
 */
export function unreadComplaint({ namespace }: Question, facts: FactSource, { readings }: Snapshot): string | undefined {
  const told = (facts.get('events')?.all ?? []).find((event) => {
    const resource = resourceOfKind(event.involvedObject.kind ?? '') as EvidenceKind | undefined;
    const at = lastSeenAt(event);
    return (
      event.type === 'Warning' &&
      resource !== undefined &&
      readings[resource]?.state !== 'read' &&
      at !== undefined &&
      facts.now - at < keptMilliseconds &&
      (namespace === undefined || event.involvedObject.namespace === namespace)
    );
  });
  if (told === undefined) return undefined;
  const { kind, name } = told.involvedObject;
  return `${kind} ${name} is warned of (${told.reason ?? 'no reason'}), and objects of its kind could not be read.`;
}
