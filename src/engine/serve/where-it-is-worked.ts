import type { Failed } from '../act/acting.ts';
import { type ReadIncident, readIncident } from './record.ts';
import type { Missing } from './served-incidents.ts';
import type { Serving } from './serving.ts';

/** Each is joined to an earlier one, so that more of them than this would be a bug. */
const mostJoins = 20;

/** The incident itself, or the one that it was joined to. */
export async function whereItIsWorked(
  id: string,
  serving: Pick<Serving, 'store'>,
): Promise<(ReadIncident & { readonly id: string }) | Missing | Failed> {
  let current = id;
  for (let joins = 0; joins < mostJoins; joins += 1) {
    const read = await readIncident(serving, current);
    if (read.state !== 'read') return read;
    if (read.incident.joined === undefined) return { ...read, id: current };
    current = read.incident.joined.incident;
  }
  throw new Error(`The incident ${id} is joined in a circle.`);
}
