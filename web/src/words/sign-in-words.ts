import type { SignInProblem } from '../../../src/surfaces/http/contract.ts';

interface ProblemWords {
  readonly happened: string;
  readonly whatToDo: string;
}

const askOperator = 'Whoever operates Stanch finds the reason in its log. A token lets you in meanwhile.';

const words: { readonly [Problem in SignInProblem]: ProblemWords } = {
  denied: { happened: 'You were not let in there.', whatToDo: 'Try again, or sign in with a token.' },
  expired: { happened: 'That took too long, or the page was opened twice.', whatToDo: 'Sign in again.' },
  'not-trusted': { happened: 'What came back does not prove who you are.', whatToDo: `Sign in again. ${askOperator}` },
  unreachable: {
    happened: 'The sign-in of your organisation does not answer.',
    whatToDo: 'Try again in a minute. A token lets you in meanwhile.',
  },
  misconfigured: { happened: 'Stanch and the sign-in of your organisation do not fit together.', whatToDo: askOperator },
  'no-role': {
    happened: 'You are known, and in none of the groups that may use Stanch.',
    whatToDo: 'Ask whoever operates Stanch, or who looks after the groups.',
  },
  'try-later': { happened: 'That cannot be done now.', whatToDo: 'Try again in a minute.' },
};

/** From the page's own address, "?sign-in=denied". Anybody can write one, so that only what is known is said. Undefined: nothing went wrong. */
export function signInProblemIn(search: string): ProblemWords | undefined {
  const told = new URLSearchParams(search).get('sign-in');
  return Object.entries(words).find(([problem]) => problem === told)?.[1];
}
