import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type ResourceName, resources } from '../../domain/kubernetes/resources.ts';
import { isRecord } from '../../domain/shape.ts';
import { redactObject } from '../../recording-format/redact-object.ts';

/** Objects on their way into a recording: redacted, on disk, and found again by namespace and name. */
export interface ObjectSpool {
  /** An object that comes again replaces what it was. Synchronous; only a little waits in memory. */
  readonly add: (resource: ResourceName, objects: readonly { readonly [field: string]: unknown }[]) => void;
  readonly has: (resource: ResourceName) => boolean;
  /** The list as it goes into the recording, in order of namespace and name: only objects that `isKept` lets pass. */
  readonly list: (resource: ResourceName, isKept: (key: string) => boolean) => Generator<string>;
  readonly close: () => void;
}

interface Spool {
  readonly file: number;
  /** Of all objects, written or waiting. */
  bytes: number;
  waiting: Buffer[];
  waitingBytes: number;
  readonly places: Map<string, { readonly start: number; readonly bytes: number }>;
}

export function objectSpool(directory: string): ObjectSpool {
  const spools = new Map<ResourceName, Spool>();
  const spoolOf = (resource: ResourceName): Spool => {
    let spool = spools.get(resource);
    if (spool === undefined) {
      spool = {
        file: openSync(join(directory, `${resource}.spool`), 'wx+', 0o600),
        bytes: 0,
        waiting: [],
        waitingBytes: 0,
        places: new Map(),
      };
      spools.set(resource, spool);
    }
    return spool;
  };
  return {
    add(resource, objects) {
      const spool = spoolOf(resource);
      for (const raw of objects) {
        const text = Buffer.from(JSON.stringify(redactObject(resource, raw)));
        spool.places.set(objectKey(raw['metadata']), { start: spool.bytes, bytes: text.length });
        spool.bytes += text.length;
        spool.waiting.push(text);
        spool.waitingBytes += text.length;
        if (spool.waitingBytes > writeBytes) writeWaiting(spool);
      }
    },
    has: (resource) => spools.has(resource),
    *list(resource, isKept) {
      const { group, versions, kind } = resources[resource];
      yield `{"kind":"${kind}List","apiVersion":"${group === '' ? '' : `${group}/`}${versions[0]}","items":[`;
      const spool = spools.get(resource);
      if (spool !== undefined) writeWaiting(spool);
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

/** Single small writes would cost more than the objects themselves. */
const writeBytes = 1024 * 1024;

function writeWaiting(spool: Spool): void {
  const bytes = Buffer.concat(spool.waiting);
  const start = spool.bytes - bytes.length;
  // One call may write less than all of it.
  for (let written = 0; written < bytes.length; ) written += writeSync(spool.file, bytes, written, bytes.length - written, start + written);
  spool.waiting = [];
  spool.waitingBytes = 0;
}
