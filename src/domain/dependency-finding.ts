import type { JudgedAlert } from './alert.ts';
import { type Claim, citeObject, citeProbe, claim, claimFromAll } from './citation.ts';
import { apiServerHost, clusterNames, isAddress, plainHost } from './cluster-host.ts';
import { apiServerService } from './control-plane-pods.ts';
import { type DependencyFacts, type DependencyTrouble, repeatedTimes } from './dependency-trouble.ts';
import { blamedBehind } from './blamed-backend.ts';
import { endpointCitation } from './endpoint-citation.ts';
import type { ConnectivityProbe } from './evidence.ts';
import type { Finding, Weight } from './failure-mode.ts';
import { isFeltByCallers } from './felt-by-callers.ts';
import type { Instant } from './instant.ts';
import type { Replica, Replicas } from './replica.ts';
import { sharedPlace } from './replica-place.ts';
import type { ServiceBackends } from './service-backends.ts';
import { type Subject, spokenSubject, subject, subjectKey } from './subject.ts';
import { isOwnerUnseen } from './unseen-owner.ts';

/** How one mode speaks of a trouble. */
export interface DependencyWording {
  /** "refuses connections", after the peer's name. */
  readonly says: (trouble: DependencyTrouble) => string;
  /** Outcomes of connectivity probes that show the same; empty: probes cannot show it. */
  readonly probeOutcomes: readonly ConnectivityProbe['outcome'][];
  readonly wouldSettle: (trouble: DependencyTrouble) => readonly string[];
  /** dependency: what is depended on, where it is known. client: the workload that says so, where it is the only one. */
  readonly subjectIs: 'dependency' | 'client';
  /** True: whom it hits is chance, so that replicas which are spared clear nobody. */
  readonly isByLot?: true;
  /** True: what it is about is read at the start and kept, so that a replica which started before the trouble began clears nobody. */
  readonly isKeptFromStart?: true;
}

/** The finding for one trouble: whom to look at, how sure, and what speaks for the dependency's innocence. */
export function dependencyFinding(trouble: DependencyTrouble, wording: DependencyWording, facts: DependencyFacts): Finding {
  const probes = (facts['connectivity-probes'] ?? []).filter((probe) => isAimedAt(probe, trouble, facts['service-backends']));
  const confirming = probes.filter((probe) => wording.probeOutcomes.includes(probe.outcome));
  const reaching = wording.probeOutcomes.length === 0 ? [] : probes.filter((probe) => probe.outcome === 'connected');
  const replicas = wording.isKeptFromStart === true ? withoutEarlier(trouble, facts.replicas) : facts.replicas;
  const place = sharedPlace(trouble.replicas, replicas, facts.nodes);
  const nodes = [...new Set(trouble.replicas.flatMap((replica) => replica.pod.spec.nodeName ?? []))];
  const peer = trouble.peer ?? trouble.backend?.service.metadata.name ?? 'a dependency';
  const [first, ...more] = trouble.clues
    .filter((clue, index, all) => all.findIndex((each) => each.replica === clue.replica) === index)
    .slice(0, 4)
    .map((clue) => clue.citation);
  const spoken = trouble.clients.map(spokenSubject).join(', ');
  const count = trouble.replicas.length === 1 ? 'One replica' : `${trouble.replicas.length} replicas`;
  const seen = claim(`${count} of ${spoken} report that ${peer} ${wording.says(trouble)}.`, first ?? trouble.clues[0].citation, ...more);
  const probed = claimFromAll(
    `A probe shows the same: ${peer} ${wording.says(trouble)}.`,
    confirming.slice(0, 3).map((probe) => citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim())),
  );
  const olderHealthy = place === undefined ? healthyOfOtherRevisions(trouble, replicas) : [];
  const against = [
    ...elsewhereFine(place?.healthy ?? [], place?.place, peer),
    ...otherRevisionsFine(olderHealthy, peer),
    ...reached(reaching, peer),
    ...endpointsReady(trouble),
  ];
  const own = ownSubject(trouble, wording);
  // That nobody answers has its reason with whom was called; whoever answers with a reason has given it, named or not.
  const isUnanswered = wording.probeOutcomes.length > 0;
  const isUnnamed = trouble.host === undefined && trouble.backend === undefined;
  const isReasonElsewhere = isUnanswered && (isUnnamed || isOwnerUnseen(trouble.backend, facts));
  const isUnplaced = (isReasonElsewhere || isPerhapsOfTheCluster(trouble, facts['service-backends'])) && !isClients(trouble, wording);
  const since = earliest(trouble);
  return {
    subject: own,
    weight: atMostLikely(
      isUnplaced,
      weigh(trouble, {
        isLocal: place !== undefined,
        confirming,
        reaching,
        isReadyBehind: wording.isByLot !== true && isProvenReady(trouble),
        healthyBeside: wording.isByLot !== true && (healthyBeside(trouble, replicas) || olderHealthy.length > 0),
        isPageReal: facts['judged-alert']?.judgement.verdict === 'real',
        isPageAboutIt: isPageAbout(trouble.clients, facts['judged-alert']),
        isFeltByCallers: isFeltByCallers(trouble.clients, facts),
        isBackingFailing: isBackingFailing(trouble, facts.replicas),
        isOutbreak: isOutbreak(trouble),
      }),
    ),
    because: [seen, ...(probed === undefined ? [] : [probed]), ...endpointsMissing(trouble)],
    against,
    ...(since === undefined ? {} : { since }),
    affects: [
      ...trouble.replicas.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name)),
      ...trouble.clients.filter((client) => client.kind !== 'Pod'),
    ],
    blames: blamesOf(trouble, place === undefined ? [] : nodes, facts),
    wouldSettle: wording.wouldSettle(trouble),
  };
}

/** Whose own trouble would explain it: what stands behind the name, or the nodes that alone cannot reach it. */
function blamesOf(trouble: DependencyTrouble, nodes: readonly string[], facts: DependencyFacts): readonly Subject[] {
  return [
    ...blamedBehind(trouble.backend, facts.replicas),
    ...(trouble.host === apiServerHost ? [apiServerService] : []),
    ...(trouble.backend === undefined && trouble.host === undefined ? brokenNeighbours(trouble, facts) : []),
    ...nodes.map((node) => subject('Node', undefined, node)),
  ];
}

/** Credentials come from the environment, and connections stay open: replicas that started before the trouble began live on both. */
function withoutEarlier(trouble: DependencyTrouble, replicas: Replicas): Replicas {
  const onset = earliest(trouble);
  const isEarlier = ({ health, pod }: Replica): boolean =>
    health === 'healthy' &&
    onset !== undefined &&
    pod.status.containerStatuses.some(({ state }) => state.running?.startedAt !== undefined && state.running.startedAt < onset);
  return { ...replicas, ofWorkload: (workload) => replicas.ofWorkload(workload).filter((replica) => !isEarlier(replica)) };
}

/** Where no line names the peer: Services of the same namespace that nobody serves any more. */
function brokenNeighbours({ clients }: DependencyTrouble, { replicas, 'service-backends': backends }: DependencyFacts): readonly Subject[] {
  const own = new Set(clients.map(subjectKey));
  const namespaces = new Set(clients.map((client) => client.namespace));
  return (backends?.all ?? [])
    .filter(({ service, pods }) => {
      const behind = (pods ?? []).flatMap((pod) => replicas.ofPod(pod.metadata.namespace, pod.metadata.name) ?? []);
      return (
        namespaces.has(service.metadata.namespace) &&
        behind.length > 0 &&
        behind.every((replica) => replica.health === 'failing' && !own.has(subjectKey(replica.workload)))
      );
    })
    .flatMap((backend) => blamedBehind(backend, replicas));
}

/**
 * True: what is depended on may be a Service of this cluster, and Services could not be read; then that there is trouble is
 * known, and whose it is not.
 */
function isPerhapsOfTheCluster({ host, clues: [clue] }: DependencyTrouble, backends: ServiceBackends | undefined): boolean {
  if (backends !== undefined) return false;
  return host === undefined || isAddress(host) || clusterNames(plainHost(host), clue.replica.pod.metadata.namespace).length > 0;
}

function atMostLikely(isCapped: boolean, weight: Weight): Weight {
  return isCapped && (weight === 'conclusive' || weight === 'strong') ? 'likely' : weight;
}

function isClients({ clients }: DependencyTrouble, { subjectIs }: DependencyWording): boolean {
  return subjectIs === 'client' && clients.length === 1;
}

function ownSubject(trouble: DependencyTrouble, wording: DependencyWording): Subject {
  const [client, another] = trouble.clients;
  const service = trouble.backend?.service.metadata;
  if (!isClients(trouble, wording) && trouble.backing !== undefined) return trouble.backing;
  if (!isClients(trouble, wording) && service !== undefined) return subject('Service', service.namespace, service.name);
  return client !== undefined && (another === undefined || trouble.host === undefined)
    ? client
    : subject('External', undefined, trouble.peer ?? 'unnamed');
}

interface Weighed {
  readonly isLocal: boolean;
  readonly confirming: readonly ConnectivityProbe[];
  readonly reaching: readonly ConnectivityProbe[];
  readonly isReadyBehind: boolean;
  readonly healthyBeside: boolean;
  readonly isPageReal: boolean;
  /** The page names a workload that says so. */
  readonly isPageAboutIt: boolean;
  readonly isFeltByCallers: boolean;
  readonly isBackingFailing: boolean;
  readonly isOutbreak: boolean;
}

function isPageAbout(clients: readonly Subject[], page: JudgedAlert | undefined): boolean {
  if (page === undefined) return false;
  const said = ` ${[page.alert.name, page.alert.summary, ...Object.values(page.alert.labels)]
    .join(' ')
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, ' ')} `;
  return clients.some((client) => said.includes(` ${client.name.toLowerCase()} `));
}

/** What reaches the dependency from elsewhere clears it; what fails from several places convicts it. */
function weigh(trouble: DependencyTrouble, seen: Weighed): Weight {
  if (seen.isLocal || seen.reaching.length > 0) return 'weak';
  if (seen.confirming.length > 0 && !seen.isReadyBehind) return 'conclusive';
  if (trouble.replicas.every((replica) => replica.health !== 'failing'))
    return seen.isBackingFailing || seen.isOutbreak || seen.isFeltByCallers || (seen.isPageReal && seen.isPageAboutIt)
      ? 'strong'
      : seen.isPageReal
        ? 'suggestive'
        : 'weak';
  const isTelling = trouble.clues.some((clue) => clue.isNearEnd || clue.count >= repeatedTimes) || trouble.replicas.length > 1;
  if (seen.healthyBeside || !isTelling) return 'suggestive';
  // Who is Ready answers its own probe, which is not all that its callers ask for.
  return seen.isReadyBehind ? 'likely' : 'strong';
}

/** A program that fails most of what it is asked to do says hardly anything else. */
const loudShare = 0.5;

/** Every replica that was listened to had worked before, and speaks of little else since. */
function isOutbreak({ clues }: DependencyTrouble): boolean {
  return clues.every(({ outbreak }) => outbreak !== undefined && outbreak.share >= loudShare);
}

function isBackingFailing({ backend, backing }: DependencyTrouble, replicas: Replicas): boolean {
  return (
    backend?.endpoints?.ready === 0 ||
    (backing !== undefined && replicas.ofWorkload(backing).some((replica) => replica.health === 'failing'))
  );
}

/** Healthy replicas of the same workload and revision need the same dependency. */
function healthyBeside(trouble: DependencyTrouble, replicas: Replicas): boolean {
  return trouble.replicas.some((failing) =>
    replicas.ofWorkload(failing.workload).some((other) => other.health === 'healthy' && other.revision === failing.revision),
  );
}

/** Where one revision alone cannot connect, what it was told may be wrong rather than what it calls. */
function healthyOfOtherRevisions(trouble: DependencyTrouble, replicas: Replicas): readonly Replica[] {
  const [first] = trouble.replicas;
  if (first?.revision === undefined || trouble.replicas.some((replica) => replica.revision !== first.revision)) return [];
  return replicas.ofWorkload(first.workload).filter((other) => other.health === 'healthy' && other.revision !== first.revision);
}

function otherRevisionsFine(healthy: readonly Replica[], peer: string): readonly Claim[] {
  const cited = healthy.slice(0, 3).map(({ pod, revision }) => citeObject(pod, `Ready, revision ${revision ?? '?'}`));
  const stated = claimFromAll(
    `Replicas of another revision of the same workload are healthy: if they use ${peer} as well, the difference lies in the revision.`,
    cited,
  );
  return stated === undefined ? [] : [stated];
}

/** Ready says something only where a probe had to succeed for it. */
function isProvenReady({ backend }: DependencyTrouble): boolean {
  const pods = backend?.pods ?? [];
  return (
    (backend?.endpoints?.ready ?? 0) > 0 &&
    pods.length > 0 &&
    pods.every((pod) => pod.spec.containers.some((container) => container.readinessProbe !== undefined))
  );
}

function isAimedAt(probe: ConnectivityProbe, trouble: DependencyTrouble, backends: ServiceBackends | undefined): boolean {
  if (trouble.port !== undefined && probe.port !== undefined && probe.port !== trouble.port) return false;
  if (trouble.host !== undefined && plainHost(probe.host) === plainHost(trouble.host)) return true;
  const from = probe.from.kind === 'pod' ? probe.from.namespace : undefined;
  return trouble.backend !== undefined && backends?.ofHost(probe.host, from)?.service === trouble.backend.service;
}

function elsewhereFine(healthy: readonly Replica[], place: string | undefined, peer: string): readonly Claim[] {
  const cited = healthy.slice(0, 3).map(({ pod }) => citeObject(pod, `Ready on ${pod.spec.nodeName ?? 'no node'}`));
  const stated = claimFromAll(
    `All failing replicas sit on ${place ?? 'one node'}, and replicas of the same revision elsewhere are healthy with the same dependency: ${peer} itself looks innocent.`,
    cited,
  );
  return stated === undefined ? [] : [stated];
}

function reached(probes: readonly ConnectivityProbe[], peer: string): readonly Claim[] {
  const stated = claimFromAll(
    `${peer} answers a probe from elsewhere.`,
    probes.slice(0, 2).map((probe) => citeProbe(probe, `connected ${probe.detail}`.trim())),
  );
  return stated === undefined ? [] : [stated];
}

function endpointsReady({ backend }: DependencyTrouble): readonly Claim[] {
  const ready = backend?.endpoints?.ready ?? 0;
  return backend === undefined || ready === 0
    ? []
    : [
        claim(
          `${ready} endpoints of Service ${backend.service.metadata.name} are Ready.`,
          endpointCitation(backend, `${ready} ready endpoints`),
        ),
      ];
}

function endpointsMissing({ backend }: DependencyTrouble): readonly Claim[] {
  if (backend?.endpoints?.ready !== 0) return [];
  return [
    claim(
      `Service ${backend.service.metadata.name} has no ready endpoint.`,
      endpointCitation(backend, `0 ready, ${backend.endpoints.notReady} not ready`),
      citeObject(backend.service, 'the Service that the host means'),
    ),
  ];
}

function earliest(trouble: DependencyTrouble): Instant | undefined {
  const times = trouble.replicas.flatMap((replica) => replica.failingSince ?? []);
  const lines = times.length > 0 ? times : trouble.clues.flatMap((clue) => clue.at ?? []);
  return lines.length === 0 ? undefined : Math.min(...lines);
}
