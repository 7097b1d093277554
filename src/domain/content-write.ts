import { type Instant, millisecondsPerMinute } from './instant.ts';
import type { ChangeMetadata } from './kubernetes/metadata.ts';
import type { ConfigMap, Secret } from './kubernetes/storage.ts';

/** A write that changed what a ConfigMap or Secret holds. */
export interface ContentWrite {
  readonly at: Instant;
  readonly by: string;
  readonly keys: readonly string[];
}

/** The last write of content. The creation is none: what did not exist was not used. */
export function lastContentWrite(object: ConfigMap | Secret): ContentWrite | undefined {
  const metadata: ChangeMetadata = object.metadata;
  const created = metadata.creationTimestamp ?? 0;
  const writes = metadata.managedFields.flatMap((each) => {
    const keys = each.paths.filter((path) => /^(?:data|binaryData|stringData)\./.test(path)).map((path) => path.replace(/^[^.]*\./, ''));
    const isContent = keys.length > 0 || each.paths.some((path) => path === 'data' || path === 'binaryData');
    return !isContent || each.at === undefined ? [] : [{ at: each.at, by: each.manager ?? 'an unnamed client', keys }];
  });
  const [latest] = writes.toSorted((left, right) => right.at - left.at);
  return latest !== undefined && latest.at - created > millisecondsPerMinute ? latest : undefined;
}
