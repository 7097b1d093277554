/** What a claim is about: the object that a human would act on. */
export interface Subject {
  /** Kubernetes kind, for example "Deployment", "Node"; or "Alert", "External" for what lives outside the API. */
  readonly kind: string;
  /** Absent: the kind is cluster-wide. */
  readonly namespace?: string;
  readonly name: string;
}

export function subject(kind: string, namespace: string | undefined, name: string): Subject {
  return namespace === undefined || namespace === '' ? { kind, name } : { kind, namespace, name };
}

/** Equal subjects have equal keys. */
export function subjectKey(of: Subject): string {
  return `${of.kind}/${of.namespace ?? ''}/${of.name}`;
}

/** "Deployment payments/payment-service", for prose. */
export function spokenSubject(of: Subject): string {
  return of.namespace === undefined ? `${of.kind} ${of.name}` : `${of.kind} ${of.namespace}/${of.name}`;
}
