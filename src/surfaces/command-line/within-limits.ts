import { millisecondsPerSecond } from '../../domain/instant.ts';

export interface Limits {
  readonly budgetSeconds: number;
  /** Time beyond the budget for work that keeps to it by itself and has still to write down what it knows. */
  readonly graceSeconds: number;
  /** Aborted with an Interruption as its reason when somebody stops the program. */
  readonly interruption: AbortSignal;
  /** True: the work has something to put back, and is given the grace for it when it is stopped. */
  readonly mustSettle?: () => boolean;
}

export type Ending<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'too-late' }
  | { readonly kind: 'interrupted'; readonly status: number };

/** Exit status by convention of shells: 128 and the number of the signal. */
export interface Interruption {
  readonly status: number;
}

/** Work that ends in time or is left behind: whoever waits for it gets an answer either way. */
export async function withinLimits<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { budgetSeconds, graceSeconds, interruption, mustSettle = () => false }: Limits,
): Promise<Ending<Result>> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), (budgetSeconds + graceSeconds) * millisecondsPerSecond);
  const stop = AbortSignal.any([interruption, deadline.signal]);
  const stopped = Promise.withResolvers<Ending<Result>>();
  const onStop = (): void =>
    stopped.resolve(interruption.aborted ? { kind: 'interrupted', status: statusOf(interruption.reason) } : { kind: 'too-late' });
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  try {
    const done = work(stop).then((result): Ending<Result> => ({ kind: 'done', result }));
    // Work that fails only because it was stopped must not outrun the message that it was stopped.
    const ending = await Promise.race([
      done.catch((error: unknown) => (stop.aborted ? stopped.promise : Promise.reject(error))),
      stopped.promise,
    ]);
    if (stop.aborted && mustSettle()) await Promise.race([done.catch(() => undefined), pause(graceSeconds)]);
    return stop.aborted ? await stopped.promise : ending;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}

/** Does not keep the program alive by itself. */
function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * millisecondsPerSecond).unref());
}

const usualStatus = 130;

function statusOf(reason: unknown): number {
  return typeof reason === 'object' && reason !== null && 'status' in reason && typeof reason.status === 'number'
    ? reason.status
    : usualStatus;
}
