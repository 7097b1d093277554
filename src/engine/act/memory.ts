import type { Attempt } from '../../domain/incident.ts';
import type { Purpose } from '../../domain/incident-event.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Investigation } from '../../domain/investigation.ts';
import type { MitigationPlan } from '../../domain/mitigation.ts';
import type { Hypothesis } from '../../domain/reasoned.ts';
import type { Assessment } from '../../reasoning/assess.ts';
import { type FirstLook, lookDeeper, lookFirst, planForCauses, withoutDiagnosis } from '../investigate.ts';
import type { Acting, Failed } from './acting.ts';
import { firstFit } from './fitting-plans.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';

/** What this process saw last. After a restart it is empty, and the cluster is looked at again. */
export interface Seen {
  /** When the look began: why it is as it is may have been asked much later. */
  readonly at: Instant;
  readonly look: FirstLook;
  readonly assessment: Assessment;
  readonly plans: readonly MitigationPlan[];
  readonly investigation: Investigation;
  /** True: it was asked why, too. */
  readonly isDiagnosed: boolean;
  readonly hypotheses: readonly Hypothesis[];
}

/** A plan rests on how the cluster was; older than this it is made anew. */
const freshMilliseconds = 30_000;

function isWaiting({ evidencePath, appliedAt, declined, undoAsked }: Attempt): boolean {
  return [evidencePath, appliedAt, declined, undoAsked].every((each) => each === undefined);
}

export class Memory {
  readonly #acting: Acting;
  readonly #journal: Journal;
  readonly #ledger: Ledger;
  #seen: Seen | undefined;
  #diagnosed: Seen | undefined;

  constructor(acting: Acting, journal: Journal, ledger: Ledger) {
    this.#acting = acting;
    this.#journal = journal;
    this.#ledger = ledger;
  }

  /** The latest look, however old. */
  get latest(): Seen | undefined {
    return this.#seen;
  }

  /** A look that a plan may rest on; a new one where the latest is too old, or from before something was changed. */
  freshFor(purpose: Purpose, signal: AbortSignal): Promise<Seen | Failed> {
    return purpose === 'mitigate' ? this.fresh(signal) : this.#freshForRepair(signal);
  }

  /** Deeper only where the blast radius suggests nothing. */
  async fresh(signal: AbortSignal): Promise<Seen | Failed> {
    return this.#isFresh(this.#seen) ? this.#seen : this.#lookAgain(signal);
  }

  /** For a repair: the causes as they were found, and the cluster as it is. */
  async #freshForRepair(signal: AbortSignal): Promise<Seen | Failed> {
    const diagnosed = this.#diagnosed ?? (await this.diagnose(signal));
    if ('attempted' in diagnosed) return diagnosed;
    if (this.#isFresh(this.#seen) && this.#seen.isDiagnosed) return this.#seen;
    const input = this.#input();
    const at = this.#acting.clock.now();
    const look = await this.collect(AbortSignal.any([signal, AbortSignal.timeout(input.budgetMilliseconds)]));
    if ('attempted' in look) return look;
    this.#seen = { ...diagnosed, ...planForCauses(input, look, diagnosed), look, at };
    return this.#seen;
  }

  #isFresh(seen: Seen | undefined): seen is Seen {
    const { attempts } = this.#journal.incident;
    const changedAt = Math.max(0, ...attempts.flatMap(({ done, undone }) => [...done, ...undone].flatMap(({ endedAt }) => endedAt ?? [])));
    return seen !== undefined && seen.at > changedAt && this.#acting.clock.now() - seen.at < freshMilliseconds;
  }

  async #lookAgain(signal: AbortSignal): Promise<Seen | Failed> {
    const { policy } = this.#acting;
    const entries = await this.#ledger.read(this.#journal.incident);
    if ('attempted' in entries) return entries;
    const input = this.#input();
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(input.budgetMilliseconds)]);
    const at = this.#acting.clock.now();
    const look = await this.collect(bounded);
    if ('attempted' in look) return look;
    const isEnough = firstFit(look.plans, look.assessment, { policy, entries }).plan !== undefined;
    const result = isEnough ? withoutDiagnosis(input, look) : await lookDeeper(input, look, bounded);
    return this.#remember({ ...result, at, look, isDiagnosed: !isEnough });
  }

  /** Why: goes on from the latest look, whose failing replicas may be gone by now. After a restart, from a new one. */
  async diagnose(signal: AbortSignal): Promise<Seen | Failed> {
    const { investigation: input, clock } = this.#acting;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(input.budgetMilliseconds)]);
    const at = this.#seen?.at ?? clock.now();
    const look = this.#seen?.look ?? (await this.collect(bounded));
    if ('attempted' in look) return look;
    return this.#remember({ ...(await lookDeeper(input, look, bounded)), at, look, isDiagnosed: true });
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

  #remember({ at, look, assessment, plans, investigation, isDiagnosed, hypotheses }: Seen): Seen {
    const seen = { at, look, assessment, plans, investigation, isDiagnosed, hypotheses };
    this.#seen = seen;
    if (isDiagnosed) this.#diagnosed = seen;
    return seen;
  }
}
