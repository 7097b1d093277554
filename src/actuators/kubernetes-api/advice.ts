import type { ClusterAnswer } from '../../ports/cluster-requests.ts';

export type Refusal = Extract<ClusterAnswer, { readonly state: 'refused' }>;

/** What the reader can do about a refusal. Empty: nothing in particular. Begins with a space, to follow a sentence. */
export function advice({ status, message }: Refusal): string {
  if (status === 401) return ' Log in to the cluster again.';
  // These words are the API server's own for every kind of authorizer; other refusals with 403 come from admission.
  if (status === 403 && /\bcannot \w+ resource\b/.test(message))
    return ' Grant this permission to the identity that Stanch uses, or let somebody do it who has it.';
  if (status === 403) return ' A rule of the cluster forbids it; ask whoever owns the rule.';
  return '';
}

/** The server's words, with the causes that it names. */
export function spokenRefusal(refusal: Refusal): string {
  const { message, causes, retryAfterSeconds } = refusal;
  const all = [message, ...causes.map((cause) => cause.message).filter((each) => each !== '')].map((each) => each.replace(/\.$/, ''));
  const wait = retryAfterSeconds === undefined || retryAfterSeconds === 0 ? '' : ` It asks to wait for ${retryAfterSeconds} s.`;
  return `${all.join('; ')}.${wait}${advice(refusal)}`;
}
