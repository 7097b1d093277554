import type { Container, PodTemplate } from './kubernetes/pod-template.ts';

/** What differs between two pod templates, in words, most telling first. Values of variables are not shown. */
export function templateDifference(before: PodTemplate, after: PodTemplate): readonly string[] {
  const containers = [...after.spec.initContainers, ...after.spec.containers].flatMap((container) => {
    const old = [...before.spec.initContainers, ...before.spec.containers].find((each) => each.name === container.name);
    return old === undefined ? [`new container ${container.name}`] : containerDifference(old, container);
  });
  const removed = [...before.spec.initContainers, ...before.spec.containers]
    .filter((old) => ![...after.spec.initContainers, ...after.spec.containers].some((each) => each.name === old.name))
    .map((old) => `container ${old.name} removed`);
  return [...containers, ...removed, ...podDifference(before, after)];
}

function containerDifference(before: Container, after: Container): readonly string[] {
  const differences: string[] = [];
  const of = `${after.name}: `;
  if (before.image !== after.image) differences.push(`${of}image ${before.image} → ${after.image}`);
  if (!isSame([before.command, before.args], [after.command, after.args])) differences.push(`${of}command or arguments`);
  const variables = namesThatDiffer(before.env, after.env);
  if (variables.length > 0) differences.push(`${of}environment ${variables.join(', ')}`);
  if (!isSame(before.envFrom, after.envFrom)) differences.push(`${of}environment sources`);
  if (!isSame(before.resources, after.resources)) differences.push(`${of}resources ${spokenResources(before)} → ${spokenResources(after)}`);
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (!isSame(before[probe], after[probe])) differences.push(`${of}${probe}`);
  }
  if (!isSame(before.ports, after.ports)) differences.push(`${of}ports`);
  if (!isSame(before.volumeMounts, after.volumeMounts)) differences.push(`${of}volume mounts`);
  if (!isSame(before.securityContext, after.securityContext)) differences.push(`${of}security context`);
  if (!isSame(before.lifecycle, after.lifecycle)) differences.push(`${of}lifecycle hooks`);
  return differences;
}

function podDifference(before: PodTemplate, after: PodTemplate): readonly string[] {
  const parts = [
    ['volumes', before.spec.volumes, after.spec.volumes],
    ['node selector', before.spec.nodeSelector, after.spec.nodeSelector],
    ['affinity', before.spec.affinity, after.spec.affinity],
    ['tolerations', before.spec.tolerations, after.spec.tolerations],
    ['service account', before.spec.serviceAccountName, after.spec.serviceAccountName],
    ['topology spread', before.spec.topologySpreadConstraints, after.spec.topologySpreadConstraints],
    ['security context', before.spec.securityContext, after.spec.securityContext],
    ['image pull secrets', before.spec.imagePullSecrets, after.spec.imagePullSecrets],
    ['priority class', before.spec.priorityClassName, after.spec.priorityClassName],
  ] as const;
  const annotations = namesOfMapThatDiffer(before.metadata.annotations, after.metadata.annotations);
  return [
    ...parts.filter(([, old, fresh]) => !isSame(old, fresh)).map(([name]) => name),
    ...(annotations.length > 0 ? [`annotations ${annotations.join(', ')}`] : []),
  ];
}

function namesThatDiffer(before: Container['env'], after: Container['env']): readonly string[] {
  const names = new Set([...before, ...after].map((variable) => variable.name));
  const find = (list: Container['env'], name: string): unknown => list.find((variable) => variable.name === name);
  return [...names].filter((name) => !isSame(find(before, name), find(after, name)));
}

function namesOfMapThatDiffer(before: { readonly [key: string]: string }, after: { readonly [key: string]: string }): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]);
}

function spokenResources(container: Container): string {
  const { requests, limits } = container.resources;
  const part = (name: string, amounts: { readonly [resource: string]: string }): string =>
    Object.keys(amounts).length === 0
      ? ''
      : `${name} ${Object.entries(amounts)
          .map(([resource, amount]) => `${resource}=${amount}`)
          .join(',')}`;
  return [part('requests', requests), part('limits', limits)].filter((text) => text !== '').join(' ') || 'none';
}

/** Both sides come from the same shape, so their fields stand in the same order. */
function isSame(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  return JSON.stringify(before) === JSON.stringify(after);
}
