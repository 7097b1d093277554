import type { ContainerLog } from '../domain/evidence.ts';
import type { ResourceName } from '../domain/kubernetes/resources.ts';

/**
 * Hears everything that a source reads, in full, so that it can be recorded. Called synchronously, as it arrives; must
 * not throw. What is heard is not redacted yet, except that Secrets and ConfigMaps never come with their values: their
 * `data` holds the keys, each with null.
 */
export interface EvidenceTap {
  /**
   * Objects as the server gave them, with kind and apiVersion. An object that comes twice, because its list had to be
   * begun again, is to be kept as it came last. Never called for a list that is empty.
   */
  readonly objects: (resource: ResourceName, objects: readonly { readonly [field: string]: unknown }[]) => void;
  /** A log in the lines that were asked for, as the server gave it: RFC 3339 time, space, text. Empty: there is none. */
  readonly log: (of: Pick<ContainerLog, 'namespace' | 'pod' | 'container' | 'isPrevious'>, text: string) => void;
}
