import type { ContainerLog, EvidenceKind, EvidenceShapes, Gap, Reading } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/instant.ts';
import { type ResourceName, resourceNames, resources } from '../../domain/kubernetes/resources.ts';
import { type EvidenceRequest, type EvidenceSource, type LogRequest, readAll, unreadable } from '../../ports/evidence-source.ts';
import { isResourceName, partNames } from '../../recording-format/evidence-names.ts';
import { readLogLines } from '../../recording-format/log-text.ts';
import type { NotRead } from '../../recording-format/recording-manifest.ts';
import { collectedAt } from './collected-at.ts';
import { type Coverage, coverageOf, spokenNamespaces } from './coverage.ts';
import { versionOf } from './find-manifest.ts';
import type { GatheredBundle } from './gather-bundle.ts';
import { gapOfRefusal } from './refusals.ts';
import { readParts, type RecordedParts } from './recorded-parts.ts';

/** The evidence source that answers from a bundle, and the page that was saved with it. */
export function bundleSource(bundle: GatheredBundle, fallbackName: string): { readonly source: EvidenceSource; readonly alert: unknown } {
  const manifest = bundle.manifest?.content;
  const now = manifest?.collectedAt ?? collectedAt(bundle);
  const parts = readParts(bundle.parts, { root: bundle.manifest?.root, now });
  const answers = { bundle, parts, now };
  let requests = 0;
  const source: EvidenceSource = {
    name: 'recorded-bundle',
    provides: [...resourceNames, ...partNames],
    permissions: [],
    identify: () =>
      Promise.resolve({
        state: 'reached',
        now,
        cluster: {
          source: manifest === undefined ? 'bundle' : 'recording',
          name: manifest?.clusterName ?? fallbackName,
          version: manifest?.clusterVersion ?? versionOf(bundle.values),
        },
      }),
    async read<Kind extends EvidenceKind>(request: EvidenceRequest<Kind>): Promise<Reading<Kind>> {
      requests += 1;
      return (await answer(request, answers)) as Reading<Kind>;
    },
    cost: () => ({ requests, bytes: bundle.walked.bytes }),
    close: () => Promise.resolve(),
  };
  const { alertPath } = manifest ?? {};
  const namedAlert = alertPath === undefined ? undefined : bundle.values.get(`${bundle.manifest?.root ?? ''}${alertPath}`);
  return { source, alert: parts.alert ?? namedAlert };
}

interface Answers {
  readonly bundle: GatheredBundle;
  readonly parts: RecordedParts;
  readonly now: Instant;
}

async function answer(request: EvidenceRequest, answers: Answers): Promise<Reading<EvidenceKind>> {
  const { kind } = request;
  const refused = refusalOf(kind, answers.bundle);
  if (refused !== undefined) return refused;
  if (isResourceName(kind)) return readObjects(kind, request.namespaces, answers);
  if (kind === 'container-logs') return readLogs(request, answers);
  return readPart(kind, request, answers);
}

/** What the recording itself, or its collector, says could not be read at all. */
function refusalOf(kind: EvidenceKind, { manifest, refusals, objects }: GatheredBundle): Reading<EvidenceKind> | undefined {
  const told = manifest?.content.notRead.find((each) => each.kind === kind && isWhole(each));
  if (told !== undefined) return unreadable(told.because, told.detail);
  const isListed = objects.listings().some((listing) => listing.resource === kind);
  const saved = isListed ? undefined : refusals.find((refusal) => refusal.resource === kind);
  return saved === undefined ? undefined : unreadable(saved.because, saved.detail);
}

function isWhole(each: NotRead): boolean {
  return each.part === undefined && each.namespaces.length === 0 && each.exceptNamespaces.length === 0;
}

function partGaps(kind: EvidenceKind, { manifest }: GatheredBundle): readonly Gap[] {
  return (manifest?.content.notRead ?? [])
    .filter((each) => each.kind === kind && !isWhole(each))
    .map(({ part, namespaces, exceptNamespaces, because, detail }) => ({
      what:
        part ??
        (namespaces.length === 0 ? `${kind} outside ${spokenNamespaces(exceptNamespaces)}` : `${kind} in ${spokenNamespaces(namespaces)}`),
      because,
      detail,
      ...(namespaces.length === 0 ? {} : { namespaces }),
      ...(exceptNamespaces.length === 0 ? {} : { exceptNamespaces }),
    }));
}

function readAt(kind: EvidenceKind, { bundle, now }: Answers): Instant {
  return bundle.manifest?.content.readAt[kind] ?? now;
}

function readObjects(resource: ResourceName, wanted: readonly string[], answers: Answers): Reading<ResourceName> {
  const { bundle } = answers;
  const refused = bundle.refusals.filter((each) => each.resource === resource);
  const coverage = coverageIn(resource, answers, new Set(refused.flatMap((each) => each.namespaces)));
  const damaged = bundle.damaged.filter(({ holds }) => holds === resource || holds === 'unknown');
  const all: readonly { readonly metadata: { readonly namespace: string | undefined } }[] = bundle.objects.objects(resource);
  // Where the only file of a kind cannot be understood, an empty list would pass for "there are none".
  const lost = all.length === 0 ? damaged.find(({ holds }) => holds === resource) : undefined;
  if (lost !== undefined) return unreadable('malformed', `${lost.gap.what}: ${lost.gap.detail}`);
  if (coverage.state === 'not-recorded') return unreadable('not-recorded', `the ${bundle.layout} holds no ${resource}`);
  const isNarrowed = resources[resource].isNamespaced && wanted.length > 0;
  const value = isNarrowed ? all.filter(({ metadata }) => wanted.includes(metadata.namespace ?? '')) : all;
  const gaps = [...coverage.gaps, ...partGaps(resource, bundle), ...refused.map(gapOfRefusal), ...damaged.map(({ gap }) => gap)];
  const concerned = isNarrowed
    ? gaps.filter((gap) => gap.namespaces === undefined || gap.namespaces.some((namespace) => wanted.includes(namespace)))
    : gaps;
  return readAll(readAt(resource, answers), value as EvidenceShapes[ResourceName], concerned);
}

/** A recording of ours says itself what it covers; for other bundles it is worked out. Refused namespaces are told by themselves. */
function coverageIn(resource: ResourceName, answers: Answers, refusedNamespaces: ReadonlySet<string>): Coverage {
  const { objects, manifest } = answers.bundle;
  const listings = objects.listings();
  if (manifest === undefined) return coverageOf(resource, listings, objects.namespaces().difference(refusedNamespaces));
  const isListed =
    manifest.content.isComplete || manifest.content.collected.includes(resource) || listings.some((each) => each.resource === resource);
  return isListed ? { state: 'recorded', gaps: outsideGaps(resource, answers) } : { state: 'not-recorded' };
}

/** Where the manifest says that only some namespaces were looked at, the others are not known. */
function outsideGaps(resource: ResourceName, { bundle }: Answers): readonly Gap[] {
  const looked = bundle.manifest?.content.namespaces ?? [];
  if (looked.length === 0 || !resources[resource].isNamespaced) return [];
  const outside = [...bundle.objects.namespaces()].filter((namespace) => !looked.includes(namespace)).toSorted();
  if (outside.length === 0) return [];
  return [
    {
      what: `${resource} in ${spokenNamespaces(outside)}`,
      because: 'not-recorded',
      detail: `only ${spokenNamespaces(looked)} was recorded`,
      namespaces: outside,
    },
  ];
}

async function readLogs(request: EvidenceRequest, answers: Answers): Promise<Reading<EvidenceKind>> {
  const { bundle } = answers;
  const isCollected = bundle.manifest?.content.collected.includes('container-logs') === true;
  if (bundle.logs.isEmpty() && !isCollected) return unreadable('not-recorded', `the ${bundle.layout} holds no container logs`);
  const wanted = request.logs ?? [];
  const texts = await bundle.logs.read(wanted);
  const told = partGaps('container-logs', bundle).filter((gap) => !/\bpod\b/.test(gap.what) || wanted.some((log) => isAbout(gap, log)));
  const logs: ContainerLog[] = [];
  const missing: string[] = [];
  for (const [position, log] of wanted.entries()) {
    const { namespace, pod, container, isPrevious, tailLines } = log;
    const text = texts[position];
    if (text !== undefined)
      logs.push({ namespace, pod, container, isPrevious, lines: tailLines > 0 ? readLogLines(text).slice(-tailLines) : [] });
    else if (!told.some((gap) => isAbout(gap, log))) missing.push(`${namespace}/${pod} ${container}${isPrevious ? ' (previous)' : ''}`);
  }
  const gaps = [...told, ...(missing.length === 0 ? [] : [missingGap('logs', missing)])];
  return readAll(readAt('container-logs', answers), logs, gaps);
}

/** A live source tells each log that it could not read in a gap of its own; it stays the gap of that log. */
function isAbout(gap: Gap, { namespace, pod, container, isPrevious }: LogRequest): boolean {
  const words = gap.what.split(/[\s,]+/);
  return words.includes(`${namespace}/${pod}`) && words.includes(container) && isPrevious === words.includes('previous');
}

function missingGap(what: string, missing: readonly string[]): Gap {
  const shown = missing.slice(0, 3).join(', ');
  return {
    what: `${what} of ${shown}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}`,
    because: 'not-recorded',
    detail: 'the recording does not hold them',
  };
}

type PartKind = Exclude<EvidenceKind, ResourceName | 'container-logs'>;

function readPart(kind: PartKind, request: EvidenceRequest, answers: Answers): Reading<EvidenceKind> {
  const { bundle, parts } = answers;
  const isCollected = bundle.manifest?.content.collected.includes(kind) === true;
  const recorded: readonly unknown[] | undefined = parts[kind] ?? (isCollected ? [] : undefined);
  if (recorded === undefined) return unreadable('not-recorded', `the ${bundle.layout} holds no ${kind}`);
  const complaints = parts.complaints
    .filter((each) => each.kind === kind)
    .map(({ path, complaint }): Gap => ({ what: `the file ${path}`, because: 'malformed', detail: complaint }));
  // What others than the wanted nodes said costs nothing to hear: who recorded it had a reason.
  const wanted = kind === 'node-commands' ? (request.nodes ?? []) : [];
  const missing = [...missingNodes(wanted, recorded), ...missingMetrics(kind, request, parts)];
  return readAll(readAt(kind, answers), recorded as EvidenceShapes[PartKind], [...partGaps(kind, bundle), ...complaints, ...missing]);
}

function missingNodes(wanted: readonly string[], found: readonly unknown[]): readonly Gap[] {
  const missing = wanted.filter((node) => !found.some((each) => (each as { readonly node: string }).node === node));
  return missing.length === 0 ? [] : [missingGap('command outputs', missing)];
}

/** The alert's own metric may be recorded under any wording; all other queries are told apart by their text. */
function missingMetrics(kind: EvidenceKind, request: EvidenceRequest, parts: RecordedParts): readonly Gap[] {
  if (kind !== 'metrics') return [];
  const plain = (expression: string): string => expression.replace(/\s+/g, '');
  const recorded = new Set((parts.metrics ?? []).map((metric) => (metric.purpose === 'alert' ? 'alert' : plain(metric.expression))));
  const missing = (request.metrics ?? []).filter(
    ({ purpose, expression }) => !recorded.has(plain(expression)) && !(purpose === 'alert' && recorded.has('alert')),
  );
  return missing.length === 0
    ? []
    : [
        missingGap(
          'results',
          missing.map(({ expression }) => expression),
        ),
      ];
}
