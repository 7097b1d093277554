import type { Question } from '../domain/alert.ts';
import type { EvidenceKind, Readings } from '../domain/evidence.ts';
import type { ApiObject } from '../domain/kubernetes/resources.ts';
import { resources } from '../domain/kubernetes/resources.ts';
import { editDistance, isSimilarName } from '../domain/similar-name.ts';
import { parseSelector } from '../reasoning/parse-selector.ts';

/** A question that cannot be asked. An answer to it would be about nobody, and would sound like "healthy". */
export interface Mistake {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}

/** Undefined: there is no selector, or it can be read. */
export function mistakeInSelector({ selector }: Question): Mistake | undefined {
  if (selector === undefined || parseSelector(selector) !== undefined) return undefined;
  const whatToDo = 'Write it as kubectl -l takes it, such as app=cart or "app=cart,tier in (web, api)"';
  return { state: 'failed', attempted: `reading the selector ${JSON.stringify(selector)}`, happened: 'it is no label selector', whatToDo };
}

/**
 * Undefined: no namespace was named, it exists, or it cannot be told whether it does. It exists where anything in it was read;
 * it does not where the list of namespaces, or else everything that was read, has nothing of it.
 */
export function mistakeInNamespace({ namespace }: Question, readings: Readings): Mistake | undefined {
  if (namespace === undefined) return undefined;
  const inhabited = namespacesWithObjects(readings);
  const { namespaces: listed, pods } = readings;
  const names = new Set([...inhabited, ...(listed?.state === 'read' ? listed.value.map((each) => each.metadata.name) : [])]);
  const isListKnown = listed?.state === 'read' && listed.gaps.length === 0;
  const arePodsKnown = pods?.state === 'read' && pods.gaps.length === 0;
  if (names.has(namespace) || names.size === 0 || !(isListKnown || arePodsKnown)) return undefined;
  return {
    state: 'failed',
    attempted: `looking into namespace ${namespace}`,
    happened: 'there is no such namespace',
    whatToDo: advice(namespace, [...names]),
  };
}

/** Enough to recognise the cluster by, few enough for one line. */
const namesShown = 6;

function advice(wanted: string, names: readonly string[]): string {
  const near = names
    .filter((name) => isSimilarName(wanted, name))
    .toSorted((left, right) => editDistance(wanted, left) - editDistance(wanted, right) || left.localeCompare(right));
  if (near.length > 0) return `Did you mean ${near.slice(0, 3).join(' or ')}?`;
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : '';
  return `Choose one that exists: ${names.toSorted().slice(0, namesShown).join(', ')}${more}`;
}

function namespacesWithObjects(readings: Readings): ReadonlySet<string> {
  const found = new Set<string>();
  for (const kind of Object.keys(readings) as EvidenceKind[]) {
    const reading = readings[kind];
    if (!(kind in resources) || reading?.state !== 'read') continue;
    for (const object of reading.value as readonly ApiObject[])
      if (object.metadata.namespace !== undefined) found.add(object.metadata.namespace);
  }
  return found;
}
