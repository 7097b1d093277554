import { readObject } from '../cluster/kubectl.ts';
import { waitFor } from '../run-program.ts';

/** Waits until an object of the cluster is as the scenario needs it. */
export async function waitForObject<Kind>({
  what,
  of,
  holds,
  withinSeconds = 120,
}: {
  /** What is awaited, in words. */
  readonly what: string;
  /** What `kubectl get` is given: the kind, the name, the namespace. */
  readonly of: readonly string[];
  readonly holds: (object: Kind) => boolean;
  readonly withinSeconds?: number;
}): Promise<void> {
  await waitFor({
    what,
    withinSeconds,
    everyMilliseconds: 1000,
    check: async () => holds(await readObject<Kind>(...of)) || `not yet in ${of.join(' ')}`,
  });
}

/** Waits until an object is so old that its controllers had their time with it. */
export function waitForAge({ seconds, of }: { readonly seconds: number; readonly of: readonly string[] }): Promise<void> {
  return waitForObject<{ readonly metadata: { readonly creationTimestamp: string } }>({
    what: `${of.join(' ')} to be ${seconds} s old`,
    of,
    withinSeconds: seconds + 30,
    holds: ({ metadata }) => Date.parse(metadata.creationTimestamp) < Date.now() - seconds * 1000,
  });
}
