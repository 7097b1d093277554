import { randomUUID } from 'node:crypto';
import type { ConnectivityProbe, Gap, Reading } from '../../domain/evidence.ts';
import { type ProbeOrigin, type ProbeWish, readAll, unreadable } from '../../ports/evidence-source.ts';
import type { ProgramOutcome } from '../../ports/pod-access.ts';
import type { ProbeAccess, Probing } from './probing.ts';
import { isReachable, type Reach, reachOutcome, reachScriptFor } from './reach-script.ts';
import { splitOutput } from './split-output.ts';

/** The tries take five seconds and start in parallel; what takes much longer has no more to say. */
const totalMilliseconds = 20_000;
const outputBytes = 256 * 1024;

/** Tries each connection once from where it is wanted, as far as that is allowed. */
export async function readConnections(
  wishes: readonly ProbeWish[],
  probing: Probing,
  signal: AbortSignal,
): Promise<Reading<'connectivity-probes'>> {
  const usable = wishes.filter(isReachable);
  if (usable.length === 0) return unreadable('not-asked', 'no failing connection is known that could be tried again');
  const origins = new Map(usable.map((wish) => [spokenOrigin(wish.from), wish.from]));
  const refused = [...origins.values()].filter((origin) => !isAllowed(origin, probing.access));
  const results = await Promise.all(
    [...origins.entries()]
      .filter(([, origin]) => isAllowed(origin, probing.access))
      .map(([spoken, origin]) =>
        tryFrom(
          origin,
          usable.filter((wish) => spokenOrigin(wish.from) === spoken),
          probing,
          signal,
        ),
      ),
  );
  const probes = results.flatMap((each) => each.probes);
  const gaps = [...results.flatMap((each) => each.gaps), ...notAsked(refused, usable)];
  const [first] = gaps;
  return probes.length === 0 && first !== undefined
    ? unreadable(first.because, gaps.map((gap) => gap.detail).join('; '))
    : readAll<'connectivity-probes'>(probing.clock.now(), probes, gaps);
}

function isAllowed(origin: ProbeOrigin, { nodes, pods }: ProbeAccess): boolean {
  if (origin.kind === 'node') return nodes !== undefined;
  if (pods === undefined || origin.kind === 'pod') return pods !== undefined;
  return nodes?.runOnPodNetwork !== undefined || origin.through !== undefined;
}

/** What was left out, and what it would tell. Pods of our own are only worth a word where nothing else could be asked. */
function notAsked(refused: readonly ProbeOrigin[], wishes: readonly ProbeWish[]): readonly Gap[] {
  const targets = [...new Set(wishes.map(({ host, port }) => `${host}:${port}`))].join(', ');
  return (['pod', 'node'] as const).flatMap((kind): readonly Gap[] => {
    const from = refused.filter((origin) => origin.kind === kind).map(spokenOrigin);
    if (from.length === 0) return [];
    return [
      {
        what: `connections from ${kind}s`,
        because: 'not-asked',
        detail: `no flag allowed it to try ${targets} from ${from.join(' and ')}, which would show whether the place or the target is at fault`,
      },
    ];
  });
}

interface Tried {
  readonly probes: readonly ConnectivityProbe[];
  readonly gaps: readonly Gap[];
}

async function tryFrom(
  origin: ProbeOrigin,
  targets: readonly Reach[],
  { access, clock, count }: Probing,
  signal: AbortSignal,
): Promise<Tried> {
  const mark = `stanch-${randomUUID()}`;
  const { outcome, from } = await runAt(origin, reachScriptFor(mark, targets), access, signal);
  count(outcome.state === 'ran' ? outcome.bytes : 0);
  const gap = (because: Gap['because'], detail: string): Gap => ({ what: `connections from ${spokenOrigin(origin)}`, because, detail });
  if (outcome.state === 'failed' || from === undefined)
    return { probes: [], gaps: outcome.state === 'failed' ? [gap(outcome.because, outcome.detail)] : [] };
  const told = splitOutput(outcome.output, mark).flatMap((section) => {
    const [number, tool = ''] = section.id.split(' ');
    const target = targets[Number(number)];
    const found = target === undefined ? undefined : reachOutcome(tool, section.exitStatus, section.output);
    return target === undefined || found === undefined
      ? []
      : [
          {
            order: Number(number),
            probe: {
              from,
              host: target.host,
              port: target.port,
              protocol: 'tcp',
              outcome: found,
              detail: detailOf(section.output),
              at: clock.now(),
            } satisfies ConnectivityProbe,
          },
        ];
  });
  const probes = told.toSorted((left, right) => left.order - right.order).map(({ probe }) => probe);
  const missing = targets.length - probes.length;
  return {
    probes,
    gaps:
      missing === 0
        ? []
        : [
            gap(
              'unsupported',
              `${missing} of ${targets.length} connections could not be tried from ${spokenOrigin(origin)}: nothing there can tell whether they work`,
            ),
          ],
  };
}

interface RanAt {
  readonly outcome: ProgramOutcome;
  readonly from: ConnectivityProbe['from'] | undefined;
}

async function runAt(origin: ProbeOrigin, script: string, { nodes, pods }: ProbeAccess, signal: AbortSignal): Promise<RanAt> {
  const nothing: RanAt = { outcome: { state: 'failed', because: 'not-asked', detail: 'no flag allowed it' }, from: undefined };
  switch (origin.kind) {
    case 'node':
      return nodes === undefined
        ? nothing
        : { outcome: await nodes.run(origin.name, script, signal), from: { kind: 'node', name: origin.name } };
    case 'pod': {
      const { namespace, name, container, node } = origin;
      if (pods === undefined) return nothing;
      return {
        outcome: await pods.run(
          { namespace, pod: name, container },
          { argv: ['sh', '-s'], input: script, totalMilliseconds, outputBytes },
          signal,
        ),
        from: { kind: 'pod', namespace, name, node },
      };
    }
    case 'pod-network': {
      const { node, through } = origin;
      const ran = await nodes?.runOnPodNetwork?.(node, script, signal);
      if (ran === undefined && through !== undefined) return runAt({ kind: 'pod', ...through, node }, script, { nodes, pods }, signal);
      return ran === undefined
        ? nothing
        : {
            outcome: ran.outcome,
            from: ran.pod === undefined ? undefined : { kind: 'pod', namespace: ran.pod.namespace, name: ran.pod.name, node: origin.node },
          };
    }
  }
}

function spokenOrigin(origin: ProbeOrigin): string {
  if (origin.kind === 'node') return origin.name;
  return origin.kind === 'pod' ? `pod ${origin.namespace}/${origin.name}` : `the pod network of ${origin.node}`;
}

/** What went wrong in a line: the last one that names a reason, for before and after it come the program's steps. */
function detailOf(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => reasons.test(line)) ?? lines.at(-1) ?? '').slice(0, 200);
}
const reasons = /refused|timed|timeout|reset|route|unreachable|resolv|not known|bad address|connected to/i;
