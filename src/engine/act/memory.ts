import type { Attempt } from '../../domain/incident.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Investigation } from '../../domain/investigation.ts';
import type { MitigationPlan } from '../../domain/mitigation.ts';
import type { Assessment } from '../../reasoning/assess.ts';
import { type FirstLook, lookDeeper, lookFirst, withoutDiagnosis } from '../investigate.ts';
import type { Acting, Failed } from './acting.ts';
import { firstFit } from './fitting-plans.ts';
import type { Journal } from './journal.ts';

/** What this process saw last. After a restart it is empty, and the cluster is looked at again. */
export interface Seen {
  readonly at: Instant;
  readonly look: FirstLook;
  readonly assessment: Assessment;
  readonly plans: readonly MitigationPlan[];
  readonly investigation: Investigation;
  /** True: it was asked why, too. */
  readonly isDiagnosed: boolean;
}

/** A plan rests on how the cluster was; older than this it is made anew. */
const freshMilliseconds = 30_000;

function isWaiting({ evidencePath, appliedAt, declined, undoAsked }: Attempt): boolean {
  return [evidencePath, appliedAt, declined, undoAsked].every((each) => each === undefined);
}

export class Memory {
  readonly #acting: Acting;
  readonly #journal: Journal;
  #seen: Seen | undefined;

  constructor(acting: Acting, journal: Journal) {
    this.#acting = acting;
    this.#journal = journal;
  }

  /** The latest look, however old. */
  get latest(): Seen | undefined {
    return this.#seen;
  }

  /**
   * A look that a plan may rest on; a new one where the latest is too old, or from before something was changed. Deeper only
   * where the blast radius suggests nothing.
   */
  async fresh(signal: AbortSignal): Promise<Seen | Failed> {
    const seen = this.#seen;
    const { attempts } = this.#journal.incident;
    const changedAt = Math.max(0, ...attempts.flatMap(({ done, undone }) => [...done, ...undone].flatMap(({ endedAt }) => endedAt ?? [])));
    const isFresh = seen !== undefined && seen.at > changedAt && this.#acting.clock.now() - seen.at < freshMilliseconds;
    return isFresh ? seen : this.lookAgain(signal);
  }

  async lookAgain(signal: AbortSignal): Promise<Seen | Failed> {
    const { policy } = this.#acting;
    const input = this.#input();
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(input.budgetMilliseconds)]);
    const look = await this.collect(bounded);
    if ('attempted' in look) return look;
    if (firstFit(look.plans, look.assessment, policy).plan !== undefined) return this.#remember(look, withoutDiagnosis(input, look), false);
    return this.#remember(look, await lookDeeper(input, look, bounded), true);
  }

  /** Why: goes on from the latest look, whose failing replicas may be gone by now. After a restart, from a new one. */
  async diagnose(signal: AbortSignal): Promise<Seen | Failed> {
    const { investigation: input } = this.#acting;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(input.budgetMilliseconds)]);
    const look = this.#seen?.look ?? (await this.collect(bounded));
    if ('attempted' in look) return look;
    return this.#remember(look, await lookDeeper(input, look, bounded), true);
  }

  /** A first look that is put aside in full, so that it can be kept as evidence. */
  async collect(signal: AbortSignal): Promise<FirstLook | Failed> {
    const { evidence } = this.#acting;
    const { id, incident } = this.#journal;
    const { attempts } = incident;
    // Of an attempt that is over nothing is saved any more; and what was saved of another must not be written over.
    const isLastWaiting = attempts.slice(-1).some(isWaiting);
    const attempt = isLastWaiting ? attempts.length : attempts.length + 1;
    return (await evidence.begin({ incident: id, attempt })) ?? lookFirst(this.#input(), signal);
  }

  /** The monologue is told once; looking again is not. */
  #input(): Acting['investigation'] {
    const { investigation } = this.#acting;
    return this.#seen === undefined ? investigation : { ...investigation, announcer: { announce: () => undefined } };
  }

  #remember(
    look: FirstLook,
    result: { readonly assessment: Assessment; readonly plans: readonly MitigationPlan[]; readonly investigation: Investigation },
    isDiagnosed: boolean,
  ): Seen {
    const { assessment, plans, investigation } = result;
    this.#seen = { at: this.#acting.clock.now(), look, assessment, plans, investigation, isDiagnosed };
    return this.#seen;
  }
}
