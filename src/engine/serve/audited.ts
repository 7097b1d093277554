import type { AuditEntry } from '../../ports/access-store.ts';
import type { Failed } from '../act/acting.ts';
import type { Refused } from './served-incidents.ts';
import type { Serving } from './serving.ts';

/** Does it, and keeps who asked and what came of it. */
export async function audited<Answer extends { readonly state: string }>(
  { store, clock, log }: Pick<Serving, 'store' | 'clock' | 'log'>,
  entry: Omit<AuditEntry, 'at' | 'result'>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const answer = await work();
  const { result, why } = resultOf(answer);
  const detail = why === undefined ? entry.detail : `${entry.detail}: ${why}`;
  const kept = await store.access.audit({ ...entry, at: clock.now(), result, detail });
  // Who answered is in the incident's own events as well.
  if (kept.state === 'failed')
    log('error', `That ${entry.by} asked for ${entry.what} could not be put into the audit log: ${kept.happened}`);
  return answer;
}

function resultOf(answer: { readonly state: string } | Refused | Failed): { readonly result: AuditEntry['result']; readonly why?: string } {
  if ('because' in answer) return { result: 'refused', why: answer.because };
  if ('happened' in answer) return { result: 'failed', why: answer.happened };
  return answer.state === 'missing' ? { result: 'refused', why: 'there is no such thing' } : { result: 'done' };
}
