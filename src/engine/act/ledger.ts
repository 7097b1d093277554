import { type Incident, incidentOf } from '../../domain/incident.ts';
import type { Instant } from '../../domain/instant.ts';
import { type ClusterMark, isSameCluster } from '../../domain/same-cluster.ts';
import { attemptsOf, budgetWindowMilliseconds, type EarlierAttempt } from '../../workflow/policy.ts';
import { approvalHoldsMilliseconds, cordonsUnderWay } from '../../workflow/policy-limits.ts';
import type { Acting, Failed } from './acting.ts';

/** What was approved in all incidents of the store, as of one state of it. */
export interface Entries {
  readonly state: 'read';
  /** Of the store: what is decided by these entries holds as long as this does. */
  readonly revision: number;
  readonly approved: readonly EarlierAttempt[];
  /** Nodes that others are about to cordon in the same cluster, where a list of nodes from that moment may not show it. */
  readonly cordoning: (lookedAt: Instant) => readonly string[];
}

/** A policy counts over all incidents; so many within its window are more than it ever allows. */
const mostIncidents = 500;

/** Reads the incidents that limits and budgets of a policy count over. One that did not change is not read again. */
export class Ledger {
  readonly #acting: Pick<Acting, 'store' | 'policy' | 'clock'>;
  readonly #id: string;
  readonly #known = new Map<string, { readonly length: number; readonly incident: Incident }>();

  /** `id`: of the incident that is worked. */
  constructor(acting: Pick<Acting, 'store' | 'policy' | 'clock'>, id: string) {
    this.#acting = acting;
    this.#id = id;
  }

  /** `cluster`: that the incident is of. */
  async read(cluster: ClusterMark): Promise<Entries | Failed> {
    const { store, policy, clock } = this.#acting;
    const now = clock.now();
    const activeSince = now - Math.max(budgetWindowMilliseconds(policy), approvalHoldsMilliseconds);
    const listed = await store.list({ limit: mostIncidents, which: 'all', activeSince });
    if (listed.state === 'failed') return listed;
    const found: { readonly id: string; readonly incident: Incident }[] = [];
    for (const { id, length } of listed.incidents) {
      const incident = await this.#incident(id, length);
      if (incident !== undefined && 'attempted' in incident) return incident;
      if (incident !== undefined) found.push({ id, incident });
    }
    const others = found.filter(({ id, incident }) => id !== this.#id && isSameCluster(incident, cluster) !== 'another');
    return {
      state: 'read',
      revision: listed.revision,
      approved: found.flatMap(({ incident }) => attemptsOf(incident)),
      cordoning: (lookedAt) => others.flatMap(({ incident }) => cordonsUnderWay(incident, { lookedAt, now })),
    };
  }

  async #incident(id: string, length: number): Promise<Incident | Failed | undefined> {
    const known = this.#known.get(id);
    if (known?.length === length) return known.incident;
    const read = await this.#acting.store.read(id);
    if (read.state === 'failed') return read;
    const incident = read.state === 'missing' ? undefined : incidentOf(read.events);
    if (incident !== undefined && read.state === 'read') this.#known.set(id, { length: read.events.length, incident });
    return incident;
  }
}
