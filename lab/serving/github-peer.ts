import { answerAsGithub, type Issue } from '../../src/delivery-targets/github/testing-repository.ts';
import { startPeer } from '../../src/delivery-targets/testing-peer-server.ts';

export interface GithubPeer {
  readonly address: string;
  readonly token: string;
  readonly issues: readonly Issue[];
  /** What was asked in a way that GitHub does not accept, one line each. */
  readonly refused: readonly string[];
  readonly close: () => Promise<void>;
}

/** Stands for GitHub, on loopback: it takes what GitHub's API for issues takes, and nothing else. */
export async function startGithub(): Promise<GithubPeer> {
  const [token, issues, refused]: [string, Issue[], string[]] = ['token-of-the-lab-for-github', [], []];
  const repository = { name: 'shop/operations', token, webAddress: 'https://github.com', issues };
  const { address, close } = await startPeer((asked) => {
    const given = answerAsGithub(repository, asked);
    if (typeof given === 'object' && given.status >= 400)
      refused.push(`${asked.method} ${asked.path}: ${given.status} ${JSON.stringify(given.body)}`);
    return given;
  });
  return { address, token, issues, refused, close };
}
