import type { Clock } from '../../ports/clock.ts';
import type { ClusterRequests } from '../../ports/cluster-requests.ts';
import type { IncidentStore, LeaseAnswer, LeaseHolder, StoreFailure } from '../../ports/incident-store.ts';
import type { Failed } from './acting.ts';

/** A worker that is stopped in the middle leaves its lease behind; this long it keeps others away, unless its process is known to be gone. */
export const leaseMilliseconds = 60_000;
/** Several renewals may fail before it runs out. */
export const renewMilliseconds = 15_000;

/** What a process needs to claim an incident. */
export interface Claim {
  readonly id: string;
  readonly holder: LeaseHolder;
  readonly store: IncidentStore;
  /** The clock on the wall: other processes compare with theirs. */
  readonly clock: Clock;
  /** For how long it is claimed each time. */
  readonly termMilliseconds: number;
}

/** The right of one process to work an incident, as long as it is prolonged in time. Once lost it stays lost. */
export class Lease {
  readonly #claim: Claim;
  readonly #gone = new AbortController();
  #heldUntil: number;
  #lost: Failed | undefined;

  private constructor(claim: Claim, heldUntil: number) {
    this.#claim = claim;
    this.#heldUntil = heldUntil;
  }

  /** Anything else than a lease: why there is none. */
  static async take(claim: Claim): Promise<Lease | Exclude<LeaseAnswer | StoreFailure, { readonly state: 'leased' }>> {
    const { answer, until } = await ask(claim);
    return answer.state === 'leased' ? new Lease(claim, until) : answer;
  }

  /** Aborted when it is lost. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Undefined: it is held, as far as is known. */
  get lost(): Failed | undefined {
    return this.#lost;
  }

  /** Whether it has not run out, without asking anybody. */
  isHeld(): boolean {
    return this.#lost === undefined && this.#claim.clock.now() < this.#heldUntil;
  }

  /** Prolongs it. Undefined: it is held. A store that fails for a moment takes nothing away until the lease has run out. */
  async renew(): Promise<Failed | undefined> {
    if (this.#lost !== undefined) return this.#lost;
    const { answer, until } = await ask(this.#claim);
    if (answer.state === 'leased') this.#heldUntil = until;
    else if (answer.state !== 'failed' || !this.isHeld()) this.#lose(whyLost(this.#claim.id, answer));
    return this.#lost;
  }

  async release(): Promise<void> {
    await this.#claim.store.release(this.#claim.id, this.#claim.holder);
  }

  #lose(lost: Failed): void {
    this.#lost ??= lost;
    this.#gone.abort();
  }
}

async function ask({
  id,
  holder,
  store,
  clock,
  termMilliseconds,
}: Claim): Promise<{ readonly answer: LeaseAnswer | StoreFailure; readonly until: number }> {
  const now = clock.now();
  const until = now + termMilliseconds;
  return { answer: await store.lease(id, { holder, now, until }), until };
}

function whyLost(id: string, answer: Exclude<LeaseAnswer | StoreFailure, { readonly state: 'leased' }>): Failed {
  const lost = { state: 'failed', attempted: `working incident ${id}` } as const;
  switch (answer.state) {
    case 'taken':
      return {
        ...lost,
        happened: `${answer.by} has taken it over, because this process did not prolong its claim in time; it begins nothing more`,
        whatToDo: `See what is done there: stanch incidents ${id}`,
      };
    case 'missing':
      return { ...lost, happened: 'it is not in the store any more', whatToDo: 'stanch incidents lists those that there are' };
    case 'failed':
      return {
        ...lost,
        happened: `its claim could not be prolonged for longer than it lasts, so that another process may work it: ${answer.happened}`,
        whatToDo: answer.whatToDo,
      };
  }
}

/**
 * The last check before anything is sent that changes the cluster: a machine that slept, or a program that was held up, may
 * come back long after somebody else has taken the incident over.
 */
export function fencedRequests(requests: ClusterRequests, lease: Pick<Lease, 'isHeld'>): ClusterRequests {
  return {
    ...requests,
    send: (request, signal) =>
      request.method === 'GET' || lease.isHeld()
        ? requests.send(request, signal)
        : Promise.resolve({
            state: 'no-answer',
            because: 'not-asked',
            detail: 'it was not sent, because this process has lost its claim on the incident',
          }),
  };
}
