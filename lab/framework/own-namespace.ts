import { applyObjects, kubectl, tryKubectl } from '../cluster/kubectl.ts';
import { imageRegistry } from '../layout.ts';
import type { Expectation, Scenario } from './scenario.ts';

/** An object as one writes it in a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly [field: string]: unknown;
}

/** A scenario that is a manifest in a namespace of its own: deleting the namespace heals it. */
export interface OwnNamespaceScenario extends Omit<Scenario, 'break' | 'heal' | 'expectation'> {
  readonly namespace: string;
  /** Labels of the namespace. Absent: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Applied in this order. Those of the namespace need not name it; those of the cluster are deleted one by one. */
  readonly objects: readonly Manifest[];
  /** Happens before the objects are there, for example a taint. `healFirst` undoes it. */
  readonly breakFirst?: () => Promise<void>;
  /** Happens when the objects are there, for example a deletion that gets stuck. */
  readonly breakThen?: () => Promise<void>;
  /** Happens before the namespace is deleted, from any state. */
  readonly healFirst?: () => Promise<void>;
  /** A subject without a namespace lies in the scenario's, except one of the whole cluster. */
  readonly expectation: Expectation;
}

const ofTheCluster: ReadonlySet<string> = new Set([
  'APIService',
  'CSIDriver',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'StorageClass',
  'ValidatingWebhookConfiguration',
]);

/** Makes a scenario of a manifest. */
export function inOwnNamespace(given: OwnNamespaceScenario): Scenario {
  const { namespace, labels, objects, breakFirst, breakThen, healFirst, expectation, ...rest } = given;
  const { subject } = expectation;
  return {
    ...rest,
    break: async () => {
      await breakFirst?.();
      const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ...(labels === undefined ? {} : { labels }) } };
      await applyObjects([own]);
      await applyObjects(objects.map((object) => (ofTheCluster.has(object.kind) ? object : placed(object, namespace))));
      await breakThen?.();
    },
    heal: async () => {
      await healFirst?.();
      for (const { kind, metadata } of objects) if (ofTheCluster.has(kind)) await deleteOfTheCluster(kind, metadata.name);
      await kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s');
    },
    expectation: {
      ...expectation,
      ...(subject === undefined || ofTheCluster.has(subject.kind) ? {} : { subject: { namespace, ...subject } }),
    },
  };
}

async function deleteOfTheCluster(kind: string, name: string): Promise<void> {
  const answer = await tryKubectl('delete', kind, name, '--ignore-not-found', '--wait=false');
  // A kind that the scenario brought itself may be gone already, and its objects with it.
  if (answer.status !== 0 && !/have a resource type/.test(answer.errors))
    throw new Error(`Deleted ${kind} ${name}, and the answer was: ${answer.errors.trim()}`);
}

function placed(object: Manifest, namespace: string): object {
  return { ...object, metadata: { namespace, ...object.metadata } };
}

/** The fields of a pod template that a scenario gives; everything else is that of a small healthy server. */
export interface PodParts {
  /** Fields of its one container. */
  readonly container?: object;
  /** Further fields of the pod's spec. */
  readonly pod?: object;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The image of a small server: it listens on 8080, answers /alive and holds a shell. */
export const serverImage = `${imageRegistry}/shop/checkout:1.18.2`;

/** The program that runs one errand; see `lab/shop/errand`. */
export const errandImage = `${imageRegistry}/shop/errand:0.3.0`;

/** A Deployment, StatefulSet or DaemonSet whose pods carry the label `app` with its name. `spec` adds to its own fields. */
export function workload(
  name: string,
  { kind = 'Deployment', spec = {}, ...parts }: PodParts & { readonly kind?: string; readonly spec?: object } = {},
): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, labels: { app: name } },
    spec: { selector: { matchLabels: { app: name } }, ...spec, template: podTemplate(name, parts) },
  };
}

export function job(name: string, { spec = {}, ...parts }: PodParts & { readonly spec?: object } = {}): Manifest {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { ...spec, template: jobTemplate(name, parts) } };
}

export function cronJob(name: string, { spec, ...parts }: PodParts & { readonly spec: object }): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { ...spec, jobTemplate: { spec: { backoffLimit: 0, template: jobTemplate(name, parts) } } },
  };
}

function jobTemplate(name: string, { pod = {}, ...parts }: PodParts): object {
  return podTemplate(name, { ...parts, pod: { restartPolicy: 'Never', ...pod } });
}

/** A Service on port 80 in front of the pods of that name. `spec` replaces its fields. */
export function service(name: string, spec: object = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  };
}

function podTemplate(name: string, { container = {}, pod = {}, labels = {} }: PodParts): object {
  return {
    metadata: { labels: { app: name, ...labels } },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...pod,
      containers: [
        {
          name,
          image: serverImage,
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
          ...container,
        },
        ...furtherContainers(pod),
      ],
    },
  };
}

/** Containers that the pod's fields name come beside the first one. */
function furtherContainers(pod: object): readonly unknown[] {
  return 'containers' in pod && Array.isArray(pod.containers) ? pod.containers : [];
}
