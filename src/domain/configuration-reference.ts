import type { PodSpec } from './kubernetes/pod-template.ts';

/** One place where a pod needs a ConfigMap or Secret before it can start. */
export interface ConfigurationReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Absent: the object as a whole. */
  readonly key: string | undefined;
  readonly isOptional: boolean;
  /** "environment variable DB_HOST of container app", "volume config". */
  readonly where: string;
  /** Volumes hold up the whole pod, environment only its container. */
  readonly isMount: boolean;
}

export function configurationReferences(spec: PodSpec): readonly ConfigurationReference[] {
  return [...fromEnvironment(spec), ...fromVolumes(spec)].filter((reference) => reference.name !== '');
}

function fromEnvironment(spec: PodSpec): readonly ConfigurationReference[] {
  return [...spec.containers, ...spec.initContainers].flatMap((container) => [
    ...container.env.flatMap((variable) => {
      const where = `environment variable ${variable.name} of container ${container.name}`;
      return [
        ...reference('ConfigMap', variable.configMapKeyRef?.name, {
          key: variable.configMapKeyRef?.key,
          optional: variable.configMapKeyRef?.optional,
          where,
          isMount: false,
        }),
        ...reference('Secret', variable.secretKeyRef?.name, {
          key: variable.secretKeyRef?.key,
          optional: variable.secretKeyRef?.optional,
          where,
          isMount: false,
        }),
      ];
    }),
    ...container.envFrom.flatMap((source) => {
      const where = `environment of container ${container.name}`;
      return [
        ...reference('ConfigMap', source.configMapRef?.name, {
          key: undefined,
          optional: source.configMapRef?.optional,
          where,
          isMount: false,
        }),
        ...reference('Secret', source.secretRef?.name, { key: undefined, optional: source.secretRef?.optional, where, isMount: false }),
      ];
    }),
  ]);
}

function fromVolumes(spec: PodSpec): readonly ConfigurationReference[] {
  return spec.volumes.flatMap((volume) => {
    const where = `volume ${volume.name ?? '?'}`;
    return [
      ...items('ConfigMap', volume.configMap?.name, volume.configMap, where),
      ...items('Secret', volume.secret?.secretName, volume.secret, where),
      ...(volume.projected?.sources ?? []).flatMap((source) => [
        ...items('ConfigMap', source.configMap?.name, source.configMap, where),
        ...items('Secret', source.secret?.name, source.secret, where),
      ]),
    ];
  });
}

type Source = { readonly optional: boolean | undefined; readonly items: readonly { readonly key: string | undefined }[] } | undefined;

function items(
  kind: ConfigurationReference['kind'],
  name: string | undefined,
  source: Source,
  where: string,
): readonly ConfigurationReference[] {
  const keys = source === undefined || source.items.length === 0 ? [undefined] : source.items.map((item) => item.key);
  return keys.flatMap((key) => reference(kind, name, { key, optional: source?.optional, where, isMount: true }));
}

function reference(
  kind: ConfigurationReference['kind'],
  name: string | undefined,
  of: { readonly key: string | undefined; readonly optional: boolean | undefined; readonly where: string; readonly isMount: boolean },
): readonly ConfigurationReference[] {
  return name === undefined ? [] : [{ kind, name, key: of.key, isOptional: of.optional === true, where: of.where, isMount: of.isMount }];
}
