import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type ResourceName, resources } from '../../domain/kubernetes/resources.ts';
import { isRecord } from '../../domain/shape.ts';
import { redactObject } from '../../recording-format/redact-object.ts';

/** Objects on their way into a recording: redacted, on disk, and found again by namespace and name. */
export interface ObjectSpool {
  /** An object that comes again replaces what it was. Written at once and synchronously, so that no page is held. */
  readonly add: (resource: ResourceName, objects: readonly { readonly [field: string]: unknown }[]) => void;
  readonly has: (resource: ResourceName) => boolean;
  /** The list as it goes into the recording, in order of namespace and name: only objects that `isKept` lets pass. */
  readonly list: (resource: ResourceName, isKept: (key: string) => boolean) => Generator<string>;
  readonly close: () => void;
}

interface Spool {
  readonly file: number;
  bytes: number;
  readonly places: Map<string, { readonly start: number; readonly bytes: number }>;
}

export function objectSpool(directory: string): ObjectSpool {
  const spools = new Map<ResourceName, Spool>();
  const spoolOf = (resource: ResourceName): Spool => {
    let spool = spools.get(resource);
    if (spool === undefined) {
      spool = { file: openSync(join(directory, `${resource}.spool`), 'wx+', 0o600), bytes: 0, places: new Map() };
      spools.set(resource, spool);
    }
    return spool;
  };
  return {
    add(resource, objects) {
      const spool = spoolOf(resource);
      const chunks: Buffer[] = [];
      for (const raw of objects) {
        const text = Buffer.from(JSON.stringify(redactObject(resource, raw)));
        spool.places.set(objectKey(raw['metadata']), { start: spool.bytes, bytes: text.length });
        spool.bytes += text.length;
        chunks.push(text);
      }
      writeWhole(spool.file, Buffer.concat(chunks));
    },
    has: (resource) => spools.has(resource),
    *list(resource, isKept) {
      const { group, versions, kind } = resources[resource];
      yield `{"kind":"${kind}List","apiVersion":"${group === '' ? '' : `${group}/`}${versions[0]}","items":[`;
      const spool = spools.get(resource);
      let separator = '\n';
      for (const key of [...(spool?.places.keys() ?? [])].filter(isKept).toSorted()) {
        const place = spool?.places.get(key);
        if (spool === undefined || place === undefined) continue;
        const text = Buffer.alloc(place.bytes);
        readSync(spool.file, text, 0, place.bytes, place.start);
        yield `${separator}${text.toString('utf8')}`;
        separator = ',\n';
      }
      yield '\n]}\n';
    },
    close() {
      for (const { file } of spools.values()) closeSync(file);
      spools.clear();
    },
  };
}

export function objectKey(metadata: unknown): string {
  const { namespace, name } = isRecord(metadata) ? metadata : {};
  return `${typeof namespace === 'string' ? namespace : ''}/${typeof name === 'string' ? name : ''}`;
}

/** One call may write less than all of it. */
function writeWhole(file: number, bytes: Buffer): void {
  const end = fstatSync(file).size + bytes.length;
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, end - bytes.length + written);
}
