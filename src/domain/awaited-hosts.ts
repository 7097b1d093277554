import { containerOf, type Replica } from './replica.ts';

/** Of one step; a script that names more than this is no waiting loop. */
const mostWords = 200;

/** What may be hosts among the words of a container's command, in the order in which they stand there. */
export function awaitedHosts({ pod }: Replica, container: string | undefined): readonly string[] {
  const spec = containerOf(pod, container);
  const words = [...(spec?.command ?? []), ...(spec?.args ?? [])].join(' ').match(/[A-Za-z0-9][A-Za-z0-9.-]{1,200}/g) ?? [];
  return [...new Set(words.slice(0, mostWords))];
}
