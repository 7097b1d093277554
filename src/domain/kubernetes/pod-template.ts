import { redactEnvironmentValue } from '../redaction.ts';
import {
  flag,
  freeText,
  freeTextMap,
  freeTextList,
  instant,
  isRecord,
  list,
  maybe,
  number,
  numberOrText,
  quantity,
  quantityMap,
  name,
  requiredName,
  type Shape,
  type Shaped,
  section,
  text,
  textList,
  textMap,
} from '../shape.ts';

export const resources = section({ requests: quantityMap, limits: quantityMap });

const keyReference = maybe({ name: text, key: text, /** True: a missing object or key is no error. */ optional: flag });
const wholeReference = maybe({ name: text, optional: flag });

export interface EnvironmentVariable {
  readonly name: string;
  /** Redacted where it may hold a secret. Absent: the value comes from elsewhere. */
  readonly value: string | undefined;
  readonly configMapKeyRef: Shaped<typeof keyReference>;
  readonly secretKeyRef: Shaped<typeof keyReference>;
}

const environmentVariable: Shape<EnvironmentVariable> = {
  read(raw, like) {
    const from = isRecord(raw) ? raw : {};
    const name = text.read(from['name']) ?? '';
    const given = text.read(from['value']);
    const isKnown = like?.name === name && like.value === given;
    const value = given === undefined || isKnown ? given : redactEnvironmentValue(name, given);
    const source = isRecord(from['valueFrom']) ? from['valueFrom'] : {};
    const configMapKeyRef = keyReference.read(source['configMapKeyRef'], like?.configMapKeyRef);
    const secretKeyRef = keyReference.read(source['secretKeyRef'], like?.secretKeyRef);
    const isSame =
      like !== undefined &&
      like.name === name &&
      like.value === value &&
      like.configMapKeyRef === configMapKeyRef &&
      like.secretKeyRef === secretKeyRef;
    return isSame ? like : { name, value, configMapKeyRef, secretKeyRef };
  },
};

export const probe = maybe({
  httpGet: maybe({ path: freeText, port: numberOrText, scheme: text, host: text }),
  tcpSocket: maybe({ port: numberOrText, host: text }),
  exec: maybe({ command: freeTextList }),
  grpc: maybe({ port: number, service: text }),
  initialDelaySeconds: number,
  periodSeconds: number,
  timeoutSeconds: number,
  failureThreshold: number,
  successThreshold: number,
});
export type Probe = NonNullable<Shaped<typeof probe>>;

/**
 * Every pod gets its token in a volume of its own name, "kube-api-access-x7k2p". The random end says nothing and is left
 * out, so that replicas are alike. Source: plugin/pkg/admission/serviceaccount of Kubernetes.
 */
const volumeName: Shape<string | undefined> = {
  read: (raw, like) => {
    const written = text.read(raw, like);
    return written?.startsWith('kube-api-access-') ? 'kube-api-access' : written;
  },
};

const lifecycleHandler = maybe({ exec: maybe({ command: freeTextList }), httpGet: maybe({ path: freeText, port: numberOrText }) });

export const container = section({
  name: requiredName,
  image: text,
  imagePullPolicy: text,
  command: freeTextList,
  args: freeTextList,
  workingDir: text,
  env: list(environmentVariable),
  envFrom: list(section({ prefix: text, configMapRef: wholeReference, secretRef: wholeReference })),
  ports: list(section({ name: text, containerPort: number, hostPort: number, protocol: text })),
  resources,
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: maybe({ postStart: lifecycleHandler, preStop: lifecycleHandler }),
  volumeMounts: list(section({ name: volumeName, mountPath: text, subPath: text, readOnly: flag })),
  securityContext: maybe({
    runAsUser: number,
    runAsNonRoot: flag,
    privileged: flag,
    readOnlyRootFilesystem: flag,
    allowPrivilegeEscalation: flag,
  }),
  /** "Always" on an init container: a sidecar that keeps running. */
  restartPolicy: text,
});
export type Container = Shaped<typeof container>;

const projectedSource = section({
  configMap: maybe({ name: text, optional: flag, items: list(section({ key: text, path: text })) }),
  secret: maybe({ name: text, optional: flag, items: list(section({ key: text, path: text })) }),
});

export const volume = section({
  name: volumeName,
  configMap: maybe({ name: text, optional: flag, items: list(section({ key: text, path: text })) }),
  secret: maybe({ secretName: text, optional: flag, items: list(section({ key: text, path: text })) }),
  persistentVolumeClaim: maybe({ claimName: text, readOnly: flag }),
  emptyDir: maybe({ medium: text, sizeLimit: quantity }),
  hostPath: maybe({ path: text, type: text }),
  csi: maybe({ driver: text }),
  nfs: maybe({ server: text, path: text }),
  projected: maybe({ sources: list(projectedSource) }),
  ephemeral: maybe({ volumeClaimTemplate: maybe({}) }),
});
export type Volume = Shaped<typeof volume>;

const requirement = section({ key: text, operator: text, values: textList });
export const labelSelector = section({ matchLabels: textMap, matchExpressions: list(requirement) });
export const optionalLabelSelector = maybe({ matchLabels: textMap, matchExpressions: list(requirement) });
const nodeSelectorTerm = section({ matchExpressions: list(requirement), matchFields: list(requirement) });
const podAffinityTerm = section({
  labelSelector: optionalLabelSelector,
  topologyKey: text,
  namespaces: textList,
  namespaceSelector: optionalLabelSelector,
});

export const affinity = maybe({
  nodeAffinity: maybe({ requiredDuringSchedulingIgnoredDuringExecution: maybe({ nodeSelectorTerms: list(nodeSelectorTerm) }) }),
  podAffinity: maybe({ requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm) }),
  podAntiAffinity: maybe({ requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm) }),
});

export const toleration = section({ key: text, operator: text, value: text, effect: text, tolerationSeconds: number });
export type Toleration = Shaped<typeof toleration>;

/** What replicas share: Pod.spec, and spec.template.spec of the kinds that make pods. */
export const podSpec = section({
  /** Absent: not scheduled yet (in a template: never set). */
  nodeName: name,
  containers: list(container),
  initContainers: list(container),
  volumes: list(volume),
  nodeSelector: textMap,
  affinity,
  tolerations: list(toleration),
  topologySpreadConstraints: list(
    section({
      maxSkew: number,
      topologyKey: text,
      whenUnsatisfiable: text,
      labelSelector: optionalLabelSelector,
      matchLabelKeys: list(text),
      minDomains: number,
      nodeAffinityPolicy: text,
      nodeTaintsPolicy: text,
    }),
  ),
  schedulingGates: list(section({ name: text })),
  schedulerName: text,
  priorityClassName: text,
  priority: number,
  preemptionPolicy: text,
  serviceAccountName: text,
  imagePullSecrets: list(section({ name: text })),
  restartPolicy: text,
  hostNetwork: flag,
  dnsPolicy: text,
  dnsConfig: maybe({ nameservers: textList }),
  hostAliases: list(section({ ip: text, hostnames: textList })),
  activeDeadlineSeconds: number,
  terminationGracePeriodSeconds: number,
  runtimeClassName: text,
  readinessGates: list(section({ conditionType: text })),
  securityContext: maybe({ runAsUser: number, runAsNonRoot: flag, fsGroup: number }),
  overhead: quantityMap,
});
export type PodSpec = Shaped<typeof podSpec>;

export const podTemplate = section({ metadata: section({ labels: textMap, annotations: freeTextMap }), spec: podSpec });
export type PodTemplate = Shaped<typeof podTemplate>;

/** Kept beside the template shapes because container states carry program output. */
export const terminated = maybe({
  exitCode: number,
  /** Set where a signal ended the process. */
  signal: number,
  /** Kubernetes wording, for example "OOMKilled", "Error", "Completed", "ContainerCannotRun". */
  reason: text,
  message: freeText,
  startedAt: instant,
  finishedAt: instant,
});
export type Terminated = NonNullable<Shaped<typeof terminated>>;
