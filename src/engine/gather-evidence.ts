import type { EvidenceKind, EvidenceShapes, Reading, Readings } from '../domain/evidence.ts';
import { type EvidenceRequest, type EvidenceSource, unreadable } from '../ports/evidence-source.ts';

/** Asks every source that provides the kind until one can read it. What nobody provides is said to be not configured. */
export async function readFrom<Kind extends EvidenceKind>(
  sources: readonly EvidenceSource[],
  request: EvidenceRequest<Kind>,
  signal: AbortSignal,
): Promise<Reading<Kind>> {
  const providers = sources.filter((source) => source.provides.includes(request.kind));
  let answer: Reading<Kind> = unreadable('not-configured', `no source of ${request.kind} was given`);
  for (const source of providers) {
    if (signal.aborted) return unreadable('timed-out', `the time for the investigation was used up before ${request.kind} could be read`);
    answer = await source.read(request, signal);
    if (answer.state === 'read') return answer;
  }
  return answer;
}

/** Asks for all of them at once; the sources bound how much really runs at a time. */
export async function gather(
  sources: readonly EvidenceSource[],
  requests: readonly EvidenceRequest[],
  signal: AbortSignal,
  onRead: (kind: EvidenceKind) => void,
): Promise<Readings> {
  const entries = await Promise.all(
    requests.map(async (request) => {
      const reading = await readFrom(sources, request, signal);
      onRead(request.kind);
      return [request.kind, reading] as const;
    }),
  );
  return Object.fromEntries(entries) as Readings;
}

/** Later rounds add to earlier ones: lists of logs and probes grow, everything else is replaced. */
export function merge(before: Readings, after: Readings): Readings {
  const merged: { [kind: string]: unknown } = { ...before, ...after };
  for (const kind of ['container-logs', 'connectivity-probes', 'node-commands', 'metrics'] as const) {
    const grown = grow(before[kind], after[kind]);
    if (grown !== undefined) merged[kind] = grown;
  }
  return merged as Readings;
}

function grow<Kind extends 'container-logs' | 'connectivity-probes' | 'node-commands' | 'metrics'>(
  before: Reading<Kind> | undefined,
  after: Reading<Kind> | undefined,
): Reading<Kind> | undefined {
  if (before === undefined || after === undefined) return after ?? before;
  if (before.state !== 'read') return after;
  if (after.state !== 'read') return before;
  const value = [
    ...new Map([...before.value, ...after.value].map((item) => [identityOf(item), item])).values(),
  ] as unknown as EvidenceShapes[Kind];
  return { ...after, value, gaps: [...before.gaps, ...after.gaps] };
}

/** Two readings of the same thing are one; the later wins. */
function identityOf(item: object): string {
  const of = item as { readonly [field: string]: unknown };
  return JSON.stringify(
    ['namespace', 'pod', 'container', 'isPrevious', 'node', 'command', 'from', 'host', 'port', 'expression'].map((field) => of[field]),
  );
}
