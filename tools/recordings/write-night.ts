import type { Night } from './nights.ts';
import type { Raw } from './objects.ts';

/** The files of a recording by their paths in it: see docs/recording-format.md. */
export function filesOf(night: Night): { readonly [path: string]: string } {
  const manifest = {
    formatVersion: 1,
    collectedAt: night.collectedAt,
    cluster: { name: 'production', version: 'v1.34.1' },
    origin: night.origin,
    complete: true,
  };
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  return {
    'recording.json': json(manifest),
    ...objectFiles(night.objects),
    ...Object.fromEntries(Object.entries(night.logs).map(([path, text]) => [path, `${text}\n`])),
    ...(night.metrics === undefined ? {} : { 'metrics/error-rate.json': `${JSON.stringify(night.metrics)}\n` }),
    ...(night.alert === undefined ? {} : { 'alerts/alert.json': json(night.alert) }),
    ...(night.history === undefined ? {} : { 'alerts/history.json': json(night.history) }),
    ...(night.targets === undefined ? {} : { 'scrape-targets.json': json(night.targets) }),
    ...(night.probes === undefined ? {} : { 'probes.json': json(night.probes) }),
    ...Object.fromEntries(
      Object.entries(night.nodes ?? {}).flatMap(([node, commands]) =>
        Object.entries(commands).map(([command, output]) => [`nodes/${node}/${command}.txt`, `${output}\n`]),
      ),
    ),
  };
}

/** One file a kind, one object a line: small, and a difference shows the object that changed. */
function objectFiles(objects: readonly Raw[]): { readonly [path: string]: string } {
  const byKind = new Map<string, Raw[]>();
  for (const object of objects) {
    const kind = String(object['kind']);
    byKind.set(kind, [...(byKind.get(kind) ?? []), object]);
  }
  return Object.fromEntries(
    [...byKind].map(([kind, items]) => [
      `objects/${kind.toLowerCase()}s.json`,
      `{"apiVersion":"v1","kind":"List","items":[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]}\n`,
    ]),
  );
}
