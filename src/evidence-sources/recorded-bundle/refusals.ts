import type { Gap, WhyUnreadable } from '../../domain/evidence.ts';
import type { ResourceName } from '../../domain/kubernetes/resources.ts';
import { isRecord } from '../../domain/shape.ts';
import type { LooseRecord } from '../../recording-format/loose-values.ts';
import { spokenNamespaces } from './coverage.ts';
import { resourceOfPath } from './raw-objects.ts';

/** An answer of the API server that a collector saved in place of a list. */
export interface Refusal {
  readonly resource: ResourceName;
  /** Empty: the whole kind. */
  readonly namespaces: readonly string[];
  readonly because: WhyUnreadable;
  readonly detail: string;
}

/** The API server's error object. */
export function refusalIn(value: LooseRecord, resource: ResourceName): Refusal | undefined {
  if (value['kind'] !== 'Status' || value['status'] !== 'Failure') return undefined;
  return refusal(resource, [], value['message']);
}

const errorsFile = /^(.*)-errors\.json$/;

/** troubleshoot.sh keeps errors beside the lists: pods-errors.json holds a text for each namespace, nodes-errors.json a list of texts. */
export function refusalsInErrorsFile(path: string, value: unknown): readonly Refusal[] {
  const resource = resourceOfPath(errorsFile.exec(path)?.[1] ?? '');
  if (resource === undefined) return [];
  if (Array.isArray(value)) return value.slice(0, 1).map((message) => refusal(resource, [], message));
  return isRecord(value) ? Object.entries(value).map(([namespace, message]) => refusal(resource, [namespace], message)) : [];
}

export function isErrorsFile(path: string): boolean {
  return errorsFile.test(path) && path.includes('cluster-resources/');
}

function refusal(resource: ResourceName, namespaces: readonly string[], message: unknown): Refusal {
  const detail = typeof message === 'string' ? message.slice(0, 300) : 'the server refused';
  return { resource, namespaces, because: /forbidden/i.test(detail) ? 'forbidden' : 'unreachable', detail };
}

export function gapOfRefusal({ resource, namespaces, because, detail }: Refusal): Gap {
  return namespaces.length === 0
    ? { what: `some ${resource}`, because, detail }
    : { what: `${resource} in ${spokenNamespaces(namespaces)}`, because, detail, namespaces };
}
