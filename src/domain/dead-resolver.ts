import { asksResolverOfNode, isResolverOfNode } from './cluster-dns.ts';
import type { LogClue } from './log-clue.ts';
import type { Replica, Replicas } from './replica.ts';

/** A node's own cache of names that fails, and those on the node who ask it. */
export interface DeadResolver {
  readonly resolver: Replica;
  /** Look-ups by pods of that node that went to a link-local address and got no answer. Never empty. */
  readonly clues: readonly LogClue[];
}

export function deadResolvers(facts: {
  readonly replicas: Replicas;
  readonly 'log-clues': readonly LogClue[] | undefined;
}): readonly DeadResolver[] {
  const asked = (facts['log-clues'] ?? []).filter(
    (clue) => clue.kind === 'name-not-resolved' && clue.replica.health !== 'finished' && asksResolverOfNode(clue),
  );
  return facts.replicas.failing.filter(isResolverOfNode).flatMap((resolver) => {
    const clues = asked.filter(({ replica }) => replica.pod.spec.nodeName === resolver.pod.spec.nodeName);
    return clues.length === 0 ? [] : [{ resolver, clues }];
  });
}
