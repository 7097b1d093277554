import { citeObject, claim } from './citation.ts';
import type { ChangeMetadata } from './kubernetes/metadata.ts';
import type { ApiObject } from './kubernetes/resources.ts';
import type { Precondition } from './precondition.ts';

type Changeable = ApiObject & { readonly metadata: ChangeMetadata };

/** Kinds of Kubernetes itself that own others and leave their specification alone. */
const ownKinds: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']);

/** What Argo CD and Flux write on whatever they keep in step with a repository. */
const deliveryMarks = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/instance',
  'kustomize.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/name',
];
/** Field managers of the same, in managedFields. */
const deliveryManagers = /^(argocd|argo-cd|kustomize-controller|helm-controller|flux)/;
const helmMarks = ['meta.helm.sh/release-name'];

/** Whether somebody would put the field back behind our back: a delivery controller, or an operator that owns the object. */
export function notReverted(object: Changeable | undefined, field: string): Precondition {
  const asked = 'no controller would put it back at once';
  const answer = (holds: Precondition['holds'], says: string, shows: string): Precondition => ({
    id: 'not-reverted',
    claim: asked,
    holds,
    because: object === undefined ? [] : [claim(says, citeObject(object, shows))],
  });
  if (object === undefined)
    return { id: 'not-reverted', claim: `${asked} (the object could not be read)`, holds: 'cannot-tell', because: [] };
  const foreign = object.metadata.ownerReferences.filter((owner) => !ownKinds.has(owner.kind ?? ''));
  const operator = foreign.find((owner) => owner.controller === true) ?? foreign[0];
  if (operator !== undefined) {
    const named = `${operator.kind ?? 'owner'} ${operator.name ?? ''}`.trim();
    const shown = `metadata.ownerReferences: ${named}`;
    return operator.controller === true
      ? answer('no', `${named} manages it and would put it back: change it there.`, shown)
      : answer('cannot-tell', `${named} owns it, and whether it keeps an eye on it is not told.`, shown);
  }
  return judgeDelivery(object, field, answer);
}

type Answer = (holds: Precondition['holds'], says: string, shows: string) => Precondition;

function judgeDelivery(object: Changeable, field: string, answer: Answer): Precondition {
  const { annotations, labels, managedFields } = object.metadata;
  const valueOf = (mark: string): string | undefined => annotations[mark] ?? labels[mark];
  const managedBy = labels['app.kubernetes.io/managed-by'] ?? '';
  const marks = [
    ...deliveryMarks.filter((mark) => valueOf(mark) !== undefined),
    ...(/argo|flux/i.test(managedBy) ? [`app.kubernetes.io/managed-by: ${managedBy}`] : []),
  ];
  const writers = managedFields.filter((each) => deliveryManagers.test(each.manager ?? ''));
  const writer = writers.find((each) => each.paths.some((path) => path === field || path.startsWith(`${field}.`)));
  if (writer !== undefined) {
    return answer(
      'no',
      `${writer.manager} keeps ${field} as its repository says: change it there.`,
      `managedFields: ${writer.manager}, ${field}`,
    );
  }
  if (writers.length > 0)
    return answer('yes', `${writers[0]?.manager} keeps other fields, and leaves ${field} alone.`, `nobody of delivery owns ${field}`);
  if (marks.length > 0) return answer('no', `It carries ${marks.join(', ')}: its repository decides.`, marks[0] ?? '');
  const isHelm = managedBy === 'Helm' || helmMarks.some((mark) => valueOf(mark) !== undefined);
  if (isHelm)
    return answer(
      'yes',
      'Helm leaves it alone until its next release, which would undo it: change the values as well.',
      'app.kubernetes.io/managed-by: Helm',
    );
  return answer('yes', 'It carries no mark of a delivery controller.', 'no mark of Argo CD, Flux or an operator');
}
