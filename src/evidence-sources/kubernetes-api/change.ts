/** A request that changes something. Only pod-access.ts makes any. */
export interface Change {
  readonly method: 'POST' | 'DELETE';
  readonly body: object;
}
