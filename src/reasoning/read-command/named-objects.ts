/** An object as a command names it. */
export interface Named {
  readonly kind: string;
  readonly name: string;
  /** Only where the name itself carries it. Absent: as the flags say. */
  readonly namespace?: string;
}

/** Kinds by every name that kubectl takes for them, without their groups. */
const kinds: { readonly [written: string]: string } = Object.fromEntries(
  Object.entries({
    Pod: 'pod pods po',
    Node: 'node nodes no',
    Deployment: 'deployment deployments deploy',
    StatefulSet: 'statefulset statefulsets sts',
    DaemonSet: 'daemonset daemonsets ds',
    ReplicaSet: 'replicaset replicasets rs',
    Service: 'service services svc',
    Job: 'job jobs',
  }).flatMap(([kind, written]) => written.split(' ').map((each) => [each, kind])),
);

/** Undefined: no kind that Stanch has rules for. */
export function kindOf(written: string): string | undefined {
  const plain = written.toLowerCase().split('.')[0] ?? '';
  return Object.hasOwn(kinds, plain) ? kinds[plain] : undefined;
}

/** "deployment cart mail", or "deployment/cart sts/db". Names that are not understood are left out. */
export function namedObjects(operands: readonly string[]): readonly Named[] {
  const [first = '', ...rest] = operands;
  if (!first.includes('/')) {
    const kind = kindOf(first);
    return kind === undefined ? [] : rest.filter((name) => !name.includes('/')).map((name) => ({ kind, name }));
  }
  return operands.flatMap((operand) => {
    const [written = '', name = '', ...more] = operand.split('/');
    const kind = kindOf(written);
    return kind === undefined || name === '' || more.length > 0 ? [] : [{ kind, name }];
  });
}
