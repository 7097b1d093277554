import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import type { OpenIdRefusal } from '../../ports/open-id-provider.ts';

/** What the library threw, in words of ours. What is no such thing is a bug, and thrown on. */
export function refusalOf(problem: unknown, attempted: string): OpenIdRefusal {
  const refused = (kind: OpenIdRefusal['problem'], happened: string): OpenIdRefusal => ({
    state: 'refused',
    problem: kind,
    because: `${attempted}: ${happened}`,
  });
  if (problem instanceof AuthorizationResponseError)
    return problem.error === 'access_denied'
      ? refused('denied', 'it was not allowed there')
      : refused('misconfigured', `the provider refused it (${spoken(problem.error)})`);
  if (problem instanceof ResponseBodyError)
    return problem.error === 'invalid_grant'
      ? refused('expired', 'the provider does not take the code (any more)')
      : refused(
          'misconfigured',
          `the provider refused to give tokens (${spoken(problem.error)}); check openId.clientId and openId.clientSecret`,
        );
  if (!(problem instanceof Error)) throw problem;
  const whole = [problem, ...causesOf(problem)];
  if (whole.some(({ name }) => name === 'TimeoutError' || name === 'AbortError'))
    return refused('unreachable', 'it did not answer in time');
  const unreached = whole.find((each) => 'code' in each && /^(E[A-Z]+|UND_|CERT_|DEPTH_|SELF_SIGNED|UNABLE_)/.test(String(each.code)));
  if (unreached !== undefined)
    return refused('unreachable', `it could not be reached (${spoken(unreached.message || String(Reflect.get(unreached, 'code')))})`);
  if (problem instanceof ClientError || whole.length > 1 || problem instanceof TypeError)
    return refused('not-trusted', spoken(whole.map(({ message }) => message).join(': ')));
  return refused('not-trusted', spoken(problem.message));
}

function causesOf({ cause }: Error): readonly Error[] {
  return cause instanceof Error ? [cause, ...causesOf(cause)] : [];
}

/** What others wrote goes into a log of ours: one line of it, and no more than tells what it is. */
function spoken(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').slice(0, 300);
}
