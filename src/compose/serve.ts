import { parseAlert } from '../alert-payloads/parse-alert.ts';
import { catalogue } from '../catalogue/index.generated.ts';
import { openDatabase } from './database.ts';
import { thisProcess } from './lease.ts';
import { composeSavedOptions, readSavedOptions } from './saved-options.ts';
import { openSources, wallClock } from './sources.ts';
import { compareClusters } from './cluster-mark.ts';
import { openActing, openLook, pause, readPolicy, withProbing } from './work.ts';
import type { AcceptedPage } from '../domain/accepted-page.ts';
import type { Incident } from '../domain/incident.ts';
import { serveEngine, type ServeEngine } from '../engine/serve/serve-engine.ts';
import { storeReadyToWrite } from '../engine/serve/store-ready-to-write.ts';
import type { OpenedWork, ServerLog, WorkWish } from '../engine/serve/serving.ts';
import { pageHistorySource } from '../evidence-sources/page-history/page-history-source.ts';
import type { DeliveryTarget } from '../ports/delivery-target.ts';
import type { EvidenceSource } from '../ports/evidence-source.ts';
import type { ServerStore } from '../ports/server-store.ts';
import type { Failure, SourceOptions } from '../surfaces/command-line/looking.ts';
import type { ServeRequest } from '../surfaces/command-line/serving-composition.ts';

export interface OpenedServer {
  readonly state: 'opened';
  readonly engine: ServeEngine;
  readonly store: ServerStore;
}

export interface ServerParts {
  readonly targets: readonly DeliveryTarget[];
  readonly log: ServerLog;
  readonly publicAddress?: string;
}

/** The server without its surface: everything that works. Whoever opened it closes the store, after the engine was stopped. */
export async function openServer(request: ServeRequest, parts: ServerParts): Promise<OpenedServer | Failure> {
  const policy = await readPolicy(request.settings);
  if ('attempted' in policy) return policy;
  const cluster = await clusterNameOf(request.source);
  if (cluster.state === 'failed') return cluster;
  const opened = await openDatabase(request.settings.database, (trouble) => parts.log('warning', trouble));
  if (opened.state === 'failed') return opened;
  const { directory } = opened;
  const store = storeReadyToWrite(opened.store, wallClock);
  const engine = serveEngine({
    ...parts,
    store,
    clock: wallClock,
    pause,
    holder: await thisProcess(),
    workshop: { open: (wish, signal) => openWork(wish, { request, store, directory, log: parts.log }, signal) },
    cluster: cluster.name,
    sourceOf: (page) => composeSavedOptions(optionsFor(page, request.source)),
    parsePage: (text) => {
      const parsed = parseAlert(text);
      return parsed.state === 'parsed' ? { state: 'parsed', alert: parsed.alerts[0] } : parsed;
    },
    catalogue,
  });
  return { state: 'opened', engine, store };
}

function optionsFor({ id, text }: AcceptedPage, source: ServeRequest['source']): SourceOptions {
  return { ...source, alert: { origin: `page ${id}`, text } };
}

/** Asks no live cluster: pages are taken in also while it cannot be reached. */
async function clusterNameOf(source: ServeRequest['source']): Promise<{ readonly state: 'known'; readonly name: string } | Failure> {
  const { kubeconfig, context } = source;
  if (source.recording === undefined) {
    const { openCluster } = await import('../evidence-sources/kubernetes-api/open-cluster.ts');
    const opened = openCluster({
      clock: wallClock,
      ...(kubeconfig === undefined ? {} : { kubeconfigPath: kubeconfig }),
      ...(context === undefined ? {} : { context }),
    });
    if (opened.state === 'failed') return opened;
    await opened.source.close();
    return { state: 'known', name: opened.name };
  }
  const opened = await openSources(source, { notice: () => undefined, tap: undefined });
  if (opened.state === 'failed') return opened;
  const reached = await opened.sources[0].identify(AbortSignal.timeout(source.budgetSeconds * 1000));
  await Promise.all(opened.sources.map((each) => each.close()));
  return reached.state === 'failed' ? reached : { state: 'known', name: reached.cluster.name };
}

interface Place {
  readonly request: ServeRequest;
  readonly store: ServerStore;
  readonly directory: string;
  readonly log: ServerLog;
}

async function openWork(wish: WorkWish, { request, store, directory, log }: Place, signal: AbortSignal): Promise<OpenedWork | Failure> {
  const { incident, announcer, ...deciding } = wish;
  // Read again each time: what an operator forbids meanwhile is forbidden at once.
  const policy = await readPolicy(request.settings);
  if ('attempted' in policy) return policy;
  const saved = readSavedOptions(incident.source);
  if (saved === undefined) return unreadableSource(incident);
  const look = await openLook(
    withProbing(saved, policy),
    {
      directory,
      announcer,
      notice: (text) => log('info', text),
      more: (others) => historyOf(incident, store, others),
    },
    signal,
  );
  if (look.state === 'failed') return look;
  // A page is taken in without asking the cluster, so that such an incident knows it by name alone.
  const doubt = compareClusters({ ...incident, id: 'of this page' }, look.mark);
  if (typeof doubt === 'object') {
    await look.close();
    return doubt;
  }
  const acting = await openActing(look, { ...deciding, policy, settings: request.settings, by: 'stanch', diagnosesWhileWaiting: true });
  return {
    state: 'opened',
    acting: acting.acting,
    close: async () => {
      await acting.close();
      await look.close();
    },
  };
}

function historyOf({ cause }: Incident, { pages }: ServerStore, others: readonly EvidenceSource[]): readonly EvidenceSource[] {
  return cause === undefined ? [] : [pageHistorySource({ fingerprint: cause.fingerprint, pages, others, clock: wallClock })];
}

function unreadableSource({ cluster }: Incident): Failure {
  return {
    state: 'failed',
    attempted: `looking at the cluster ${cluster}`,
    happened: 'where this incident looks was written by another version of stanch',
    whatToDo: 'Open a new incident with the same page',
  };
}
