/** A request that changes something. Only pod-access.ts and cluster-requests.ts make any. */
export interface Change {
  /** A PATCH is a JSON patch (RFC 6902). */
  readonly method: 'POST' | 'DELETE' | 'PATCH';
  readonly body: object;
}

export function contentTypeOf({ method }: Change): string {
  return method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
}
