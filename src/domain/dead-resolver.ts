import { asksResolverOfNode, isResolverOfNode, isTemporary } from './cluster-dns.ts';
import type { LogClue } from './log-clue.ts';
import type { Replica, Replicas } from './replica.ts';

/** A node's own cache of names that fails, and those on the node who ask it. */
export interface DeadResolver {
  readonly resolver: Replica;
  /** Look-ups by pods of that node that went to the cache, as far as their lines tell, and got no answer. Never empty. */
  readonly clues: readonly LogClue[];
}

export function deadResolvers(facts: {
  readonly replicas: Replicas;
  readonly 'log-clues': readonly LogClue[] | undefined;
}): readonly DeadResolver[] {
  const dead = facts.replicas.failing.filter(isResolverOfNode);
  if (dead.length === 0) return [];
  const nodes = new Set(dead.map(({ pod }) => pod.spec.nodeName));
  const failed = (facts['log-clues'] ?? []).filter((clue) => clue.kind === 'name-not-resolved' && clue.replica.health !== 'finished');
  // Where others get no answer either, the caches are not what they share.
  const isOnlyThere = failed.every((clue) => nodes.has(clue.replica.pod.spec.nodeName) || !isTemporary(clue));
  return dead.flatMap((resolver) => {
    const clues = failed.filter(
      (clue) =>
        clue.replica.pod.spec.nodeName === resolver.pod.spec.nodeName &&
        (asksResolverOfNode(clue) || (isOnlyThere && isTemporary(clue) && maySpeakTo(resolver, clue))),
    );
    return clues.length === 0 ? [] : [{ resolver, clues }];
  });
}

/**
 * Beside its link-local address the cache usually takes the address of the cluster's DNS Service on its node. Many libraries
 * do not say which server they asked.
 */
function maySpeakTo({ pod }: Replica, { line }: LogClue): boolean {
  const asked = / on \[?([0-9a-f.:]{2,45})\]?:53\b|->\[?([0-9a-f.:]{2,45})\]?:53\b/i.exec(line);
  const server = asked?.[1] ?? asked?.[2];
  return server === undefined || pod.spec.containers.some(({ args }) => args.some((each) => each.split(',').includes(server)));
}
