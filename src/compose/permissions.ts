import { catalogue } from '../catalogue/index.generated.ts';
import type { Ability, RoleWish } from '../domain/ability.ts';
import { rightsFor } from '../domain/change-rights.ts';
import { groupBy } from '../domain/collection.ts';
import { resources } from '../domain/kubernetes/resources.ts';
import type { AnyMitigation } from '../domain/mitigation.ts';
import { resourcesRead } from '../engine/rounds.ts';
import { debugPodPermissions, execPermissions, kubernetesPermissions } from '../evidence-sources/kubernetes-api/permissions.ts';
import { mitigations } from '../mitigations/index.generated.ts';
import type { Permission } from '../ports/evidence-source.ts';
import type { Failure } from '../surfaces/command-line/looking.ts';
import { type NamedRole, writeClusterRoles } from '../writing/cluster-role.ts';

export type WrittenRoles = { readonly state: 'written'; readonly text: string } | Failure;

/** The ClusterRoles of what is wanted, in YAML. */
export function writeRoles(wish: RoleWish): WrittenRoles {
  const attempted = 'writing the ClusterRoles';
  const unknown = wish.mitigations?.filter((id) => !mitigations.some((each) => each.id === id)) ?? [];
  if (unknown.length > 0)
    return {
      state: 'failed',
      attempted,
      happened: `there is no mitigation ${unknown.map((id) => `"${id}"`).join(', ')}`,
      whatToDo: `There are: ${mitigations.map(({ id }) => id).join(', ')}`,
    };
  return { state: 'written', text: writeClusterRoles(rolesFor(wish)) };
}

/** In the order of the wish. Each right is one that the program really asks for, and says what for. */
export function rolesFor(wish: RoleWish): readonly NamedRole[] {
  return wish.abilities.map((ability) => ({
    name: `stanch-${ability}`,
    because: because[ability],
    permissions: permissionsOf(ability, wish),
  }));
}

const because: { readonly [Of in Ability]: readonly string[] } = {
  read: [
    'Everything that Stanch reads, generated from what its rules make use of. Nothing in it can change anything.',
    'What is left out of it becomes a blind spot of the answer, not an error.',
  ],
  'secret-names': [
    'Optional. Shows whether a Secret that is referred to exists, and which keys it has. Stanch asks for metadata only,',
    'but Kubernetes cannot grant less than this, and whoever holds it could read values. Bind it only if you want to.',
  ],
  act: [
    'Optional, for mitigate, undo and restore. Every change is approved by a person or a policy file, rehearsed on the server, and',
    'stored with its undo before it is made. Generated from the changes that each mitigation makes; leave out what Stanch should',
    'never do with: stanch permissions --mitigations',
  ],
  exec: [
    'Optional, for --allow-exec only. Stanch runs one fixed script that tries connections, but whoever holds this right can run',
    'anything in any pod. Bind it in single namespaces with a RoleBinding where you can.',
  ],
  'debug-pods': [
    'Optional, for --node-access debug-pod only: Stanch creates a pod on a node, runs its fixed read-only commands in it, and',
    'deletes it. Whoever may create such pods is root on the nodes. Bind it in one namespace with a RoleBinding, and name that',
    'namespace with --namespace. Over ssh none of it is needed.',
  ],
};

function permissionsOf(ability: Ability, { mitigations: wanted }: RoleWish): readonly Permission[] {
  switch (ability) {
    case 'read':
      return permissionsUsed().filter(({ resource }) => resource !== 'secrets');
    case 'secret-names':
      return permissionsUsed().filter(({ resource }) => resource === 'secrets');
    case 'act':
      return actingPermissions(wanted === undefined ? mitigations : mitigations.filter(({ id }) => wanted.includes(id)));
    case 'exec':
      return execPermissions;
    case 'debug-pods':
      return debugPodPermissions;
  }
}

/** Rights for what some rule can use; what the source could read beyond that is not asked for. */
function permissionsUsed(): readonly Permission[] {
  const used: ReadonlySet<string> = new Set(
    resourcesRead(catalogue).map((name) => [resources[name].group, name].filter(Boolean).join('/')),
  );
  return kubernetesPermissions.filter(({ resource, verbs }) => used.has(resource) || !verbs.includes('list'));
}

/** One for each resource, with the mitigations that need it. */
function actingPermissions(made: readonly AnyMitigation[]): readonly Permission[] {
  const rights = made.flatMap(({ id, makes }) => makes.flatMap((kind) => rightsFor(kind).map((right) => ({ ...right, id }))));
  return [...groupBy(rights, ({ resource }) => resource)].map(([resource, of]) => ({
    resource,
    verbs: [...new Set(of.map(({ verb }) => verb))].toSorted(),
    why: [...new Set(of.map(({ id }) => id))].toSorted().join(', '),
  }));
}
