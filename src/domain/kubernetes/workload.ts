import { flag, name, instant, list, maybe, message, number, numberOrText, type Shape, type Shaped, section, text } from '../shape.ts';
import { changeMetadata, condition, metadata } from './metadata.ts';
import { labelSelector, optionalLabelSelector, podSpec, podTemplate } from './pod-template.ts';

export const deployment = section({
  kind: { read: () => 'Deployment' } as Shape<'Deployment'>,
  metadata: changeMetadata,
  spec: section({
    /** Absent: 1. */
    replicas: number,
    paused: flag,
    selector: labelSelector,
    template: podTemplate,
    progressDeadlineSeconds: number,
    minReadySeconds: number,
    strategy: section({ type: text, rollingUpdate: maybe({ maxSurge: numberOrText, maxUnavailable: numberOrText }) }),
  }),
  status: section({
    observedGeneration: number,
    replicas: number,
    updatedReplicas: number,
    readyReplicas: number,
    availableReplicas: number,
    unavailableReplicas: number,
    conditions: list(condition),
  }),
});
export type Deployment = Shaped<typeof deployment>;

export const replicaSet = section({
  kind: { read: () => 'ReplicaSet' } as Shape<'ReplicaSet'>,
  metadata,
  spec: section({ replicas: number, selector: labelSelector, template: podTemplate }),
  status: section({ replicas: number, readyReplicas: number, availableReplicas: number, conditions: list(condition) }),
});
export type ReplicaSet = Shaped<typeof replicaSet>;

export const statefulSet = section({
  kind: { read: () => 'StatefulSet' } as Shape<'StatefulSet'>,
  metadata: changeMetadata,
  spec: section({
    replicas: number,
    serviceName: text,
    selector: labelSelector,
    template: podTemplate,
    podManagementPolicy: text,
    updateStrategy: section({ type: text, rollingUpdate: maybe({ partition: number }) }),
    volumeClaimTemplates: list(section({ metadata: section({ name: text }), spec: section({ storageClassName: text }) })),
  }),
  status: section({
    replicas: number,
    readyReplicas: number,
    currentReplicas: number,
    updatedReplicas: number,
    currentRevision: text,
    updateRevision: text,
    conditions: list(condition),
  }),
});
export type StatefulSet = Shaped<typeof statefulSet>;

export const daemonSet = section({
  kind: { read: () => 'DaemonSet' } as Shape<'DaemonSet'>,
  metadata: changeMetadata,
  spec: section({
    selector: labelSelector,
    template: podTemplate,
    updateStrategy: section({ type: text, rollingUpdate: maybe({ maxUnavailable: numberOrText, maxSurge: numberOrText }) }),
  }),
  status: section({
    desiredNumberScheduled: number,
    currentNumberScheduled: number,
    numberReady: number,
    numberAvailable: number,
    numberUnavailable: number,
    numberMisscheduled: number,
    updatedNumberScheduled: number,
  }),
});
export type DaemonSet = Shaped<typeof daemonSet>;

/** A past template of a StatefulSet or DaemonSet. */
export const controllerRevision = section({
  kind: { read: () => 'ControllerRevision' } as Shape<'ControllerRevision'>,
  metadata,
  revision: number,
  data: section({ spec: section({ template: podTemplate }) }),
});
export type ControllerRevision = Shaped<typeof controllerRevision>;

export const job = section({
  kind: { read: () => 'Job' } as Shape<'Job'>,
  metadata,
  spec: section({
    parallelism: number,
    completions: number,
    backoffLimit: number,
    activeDeadlineSeconds: number,
    suspend: flag,
    template: podTemplate,
  }),
  status: section({
    active: number,
    succeeded: number,
    failed: number,
    startTime: instant,
    completionTime: instant,
    conditions: list(condition),
  }),
});
export type Job = Shaped<typeof job>;

export const cronJob = section({
  kind: { read: () => 'CronJob' } as Shape<'CronJob'>,
  metadata: changeMetadata,
  spec: section({
    schedule: text,
    timeZone: text,
    suspend: flag,
    concurrencyPolicy: text,
    startingDeadlineSeconds: number,
    jobTemplate: section({ spec: section({ template: section({ spec: podSpec }) }) }),
  }),
  status: section({ lastScheduleTime: instant, lastSuccessfulTime: instant, active: list(section({ name: text })) }),
});
export type CronJob = Shaped<typeof cronJob>;

const metricValue = section({ averageUtilization: number, averageValue: text, value: text, type: text });
const metricSpec = section({
  type: text,
  resource: maybe({ name: text, target: metricValue, current: metricValue }),
  pods: maybe({ metric: section({ name: text }), target: metricValue, current: metricValue }),
  external: maybe({ metric: section({ name: text }), target: metricValue, current: metricValue }),
  object: maybe({ metric: section({ name: text }), target: metricValue, current: metricValue }),
  containerResource: maybe({ name: text, container: text, target: metricValue, current: metricValue }),
});

export const horizontalPodAutoscaler = section({
  kind: { read: () => 'HorizontalPodAutoscaler' } as Shape<'HorizontalPodAutoscaler'>,
  metadata: changeMetadata,
  spec: section({
    minReplicas: number,
    maxReplicas: number,
    scaleTargetRef: section({ kind: text, name: text }),
    metrics: list(metricSpec),
    /** Only autoscaling/v1. */
    targetCPUUtilizationPercentage: number,
  }),
  status: section({
    currentReplicas: number,
    desiredReplicas: number,
    lastScaleTime: instant,
    conditions: list(condition),
    currentMetrics: list(metricSpec),
    currentCPUUtilizationPercentage: number,
  }),
});
export type HorizontalPodAutoscaler = Shaped<typeof horizontalPodAutoscaler>;

export const podDisruptionBudget = section({
  kind: { read: () => 'PodDisruptionBudget' } as Shape<'PodDisruptionBudget'>,
  metadata: changeMetadata,
  spec: section({
    minAvailable: numberOrText,
    maxUnavailable: numberOrText,
    selector: optionalLabelSelector,
    /** "AlwaysAllow" or "IfHealthyBudget". Absent: the latter. */
    unhealthyPodEvictionPolicy: text,
  }),
  status: section({
    currentHealthy: number,
    desiredHealthy: number,
    expectedPods: number,
    disruptionsAllowed: number,
    conditions: list(condition),
  }),
});
export type PodDisruptionBudget = Shaped<typeof podDisruptionBudget>;

/** Something that a component reported. Newer events use eventTime and series, older ones first/lastTimestamp and count. */
export const event = section({
  kind: { read: () => 'Event' } as Shape<'Event'>,
  metadata,
  type: text,
  reason: text,
  message: message(4096),
  count: number,
  firstTimestamp: instant,
  lastTimestamp: instant,
  eventTime: instant,
  series: maybe({ count: number, lastObservedTime: instant }),
  involvedObject: section({ kind: text, namespace: name, name, uid: text, fieldPath: text }),
  source: section({ component: text, host: text }),
  reportingComponent: text,
});
export type Event = Shaped<typeof event>;
