import type { Question } from '../domain/alert.ts';
import { containerQueries } from '../domain/container-metrics.ts';
import type { EvidenceKind, Readings } from '../domain/evidence.ts';
import type { AnyFailureMode, FailureMode } from '../domain/failure-mode.ts';
import { type Instant, millisecondsPerHour } from '../domain/instant.ts';
import { type ResourceName, resources } from '../domain/kubernetes/resources.ts';
import type { EvidenceRequest } from '../ports/evidence-source.ts';
import type { Assessment } from '../reasoning/assess.ts';
import { alertKinds, firstKinds, logsToRead, namespacesToMeasure, nodesToProbe } from '../reasoning/choose-next-evidence.ts';
import { connectionAttempts } from '../reasoning/connections-to-try.ts';
import { evidenceBehind } from '../reasoning/facts-of.ts';
import { logsOfNeighbours } from '../reasoning/neighbours-to-hear.ts';

/** How far back metrics are read: enough to see what is usual before the trouble. */
const metricWindowMilliseconds = millisecondsPerHour;
const metricStepSeconds = 15;
const tailLines = 200;

export function requestFor(kind: EvidenceKind, why: string, now: Instant): EvidenceRequest {
  return { kind, namespaces: [], from: now - metricWindowMilliseconds, until: now, why };
}

export function firstRound(question: Question, now: Instant): readonly EvidenceRequest[] {
  const { alert, alertExpression } = question;
  const metrics =
    alertExpression === undefined
      ? {}
      : { metrics: [{ expression: alertExpression.measured, purpose: 'alert' as const, stepSeconds: metricStepSeconds }] };
  const lists = firstKinds.map((kind) => requestFor(kind, 'who fails, where, and what changed', now));
  const page = alertKinds.map((kind) => ({
    ...requestFor(kind, 'is the page real', now),
    ...metrics,
    ...(alert === undefined ? {} : { alert: alert.name }),
  }));
  return [...lists, ...page];
}

export function logRequest(assessment: Assessment, now: Instant): EvidenceRequest {
  return {
    ...requestFor('container-logs', 'what the failing replicas and a healthy sibling say', now),
    logs: logsToRead(assessment).map((wish) => ({ ...wish, tailLines })),
  };
}

/** Undefined: nobody stands next to the trouble who was not listened to. */
export function neighbourRequest(assessment: Assessment, now: Instant): EvidenceRequest | undefined {
  const logs = logsOfNeighbours(assessment).map((wish) => ({ ...wish, tailLines }));
  return logs.length === 0 ? undefined : { ...requestFor('container-logs', 'what those next to the trouble say', now), logs };
}

export function probeRequest(assessment: Assessment, now: Instant): EvidenceRequest {
  return { ...requestFor('connectivity-probes', 'which connections work from where', now), probes: connectionAttempts(assessment) };
}

/** Everything that some failure mode can use and that was not read yet. */
export function thirdRound(
  catalogue: readonly AnyFailureMode[],
  before: Readings,
  assessment: Assessment,
  now: Instant,
): readonly EvidenceRequest[] {
  const wanted = (catalogue as unknown as readonly FailureMode[])
    .flatMap((mode) => [...mode.needs, ...mode.helpedBy])
    .flatMap((kind) => {
      const behind = evidenceBehind(kind);
      return [...behind.needs, ...behind.helpedBy];
    });
  const open = [...new Set(wanted)].filter((kind) => before[kind] === undefined && kind !== 'metrics').toSorted();
  const asked = open.map((kind) =>
    kind === 'node-commands'
      ? { ...requestFor(kind, 'what a bad and a good node say', now), nodes: nodesToProbe(assessment) }
      : requestFor(kind, 'why', now),
  );
  return wanted.includes('metrics') ? [...asked, ...usageRequests(assessment, now)] : asked;
}

/** Usage changes slowly beside an error rate, and there are many containers. */
const usageStepSeconds = 60;

/** What the containers of the namespaces in trouble use of their memory and processor. */
function usageRequests(assessment: Assessment, now: Instant): readonly EvidenceRequest[] {
  const namespaces = namespacesToMeasure(assessment);
  const metrics = namespaces
    .flatMap(containerQueries)
    .map((expression) => ({ expression, purpose: 'context' as const, stepSeconds: usageStepSeconds }));
  return metrics.length === 0 ? [] : [{ ...requestFor('metrics', 'how near to their limits the containers are', now), metrics }];
}

/** What an investigation may ever read, for the permissions that it needs. */
export function resourcesRead(catalogue: readonly AnyFailureMode[]): readonly ResourceName[] {
  const wanted = (catalogue as unknown as readonly FailureMode[])
    .flatMap((mode) => [...mode.needs, ...mode.helpedBy])
    .flatMap((kind) => [...evidenceBehind(kind).needs, ...evidenceBehind(kind).helpedBy]);
  return [...new Set([...firstKinds, ...wanted])].filter((kind): kind is ResourceName => kind in resources).toSorted();
}
