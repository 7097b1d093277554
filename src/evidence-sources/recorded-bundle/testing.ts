import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import type { EvidenceKind, EvidenceShapes, Gap } from '../../domain/evidence.ts';
import type { EvidenceRequest, LogRequest } from '../../ports/evidence-source.ts';
import { type OpenedRecording, openRecording } from './open-recording.ts';
import type { ReadingLimits } from './reading-limits.ts';

/** Bundles for tests, on disk because that is what is read, and gone when the tests are through. */
export type TestFiles = { readonly [path: string]: string | Buffer };

const made: string[] = [];

/** Each file of tests calls this when it is through. */
export function removeBundles(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export function directoryOf(files: TestFiles): string {
  const directory = mkdtempSync(join(tmpdir(), 'stanch-bundle-'));
  made.push(directory);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

export function fileOf(name: string, content: string | Buffer): string {
  return join(directoryOf({ [name]: content }), name);
}

export type TestEntry = Partial<Header> & { readonly name: string; readonly content?: string | Buffer };

export async function archiveOf(entries: TestFiles | readonly TestEntry[]): Promise<string> {
  const archive = pack();
  const list: readonly TestEntry[] = Array.isArray(entries)
    ? (entries as readonly TestEntry[])
    : Object.entries(entries as TestFiles).map(([name, content]) => ({ name, content }));
  for (const { content, ...header } of list) archive.entry({ mtime: new Date(0), ...header }, content ?? '');
  archive.finalize();
  const path = join(directoryOf({}), 'bundle.tar.gz');
  await pipeline(archive, createGzip(), createWriteStream(path));
  return path;
}

export async function open(path: string, limits?: ReadingLimits): Promise<Extract<OpenedRecording, { state: 'opened' }>> {
  const opened = await openRecording(path, limits);
  if (opened.state === 'failed') throw new Error(`${opened.attempted}: ${opened.happened}`);
  return opened;
}

export interface Looked<Kind extends EvidenceKind> {
  readonly value: EvidenceShapes[Kind] | string;
  readonly gaps: readonly Gap[];
}

/** What the bundle answers: the value, or in its place "because: detail". */
export async function ask<Kind extends EvidenceKind>(
  opened: Extract<OpenedRecording, { state: 'opened' }>,
  kind: Kind,
  more: Partial<EvidenceRequest<Kind>> = {},
): Promise<Looked<Kind>> {
  const request: EvidenceRequest<Kind> = { kind, namespaces: [], from: 0, until: 0, why: 'a test', ...more };
  const reading = await opened.source.read(request, new AbortController().signal);
  return reading.state === 'read' ? reading : { value: `${reading.because}: ${reading.detail}`, gaps: [] };
}

/** "namespace/name" of each object, or why there are none. */
export async function namesOf(
  opened: Extract<OpenedRecording, { state: 'opened' }>,
  kind: EvidenceKind,
  namespaces: readonly string[] = [],
): Promise<readonly string[] | string> {
  const { value } = await ask(opened, kind, { namespaces });
  if (typeof value === 'string') return value;
  return (value as readonly { readonly metadata: { readonly namespace?: string; readonly name: string } }[]).map(({ metadata }) =>
    metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`,
  );
}

export async function linesOf(
  opened: Extract<OpenedRecording, { state: 'opened' }>,
  log: Omit<LogRequest, 'tailLines'>,
): Promise<readonly string[] | string> {
  const { value } = await ask(opened, 'container-logs', { logs: [{ ...log, tailLines: 1000 }] });
  return typeof value === 'string' ? value : (value[0]?.lines.map((line) => line.text) ?? 'not in the bundle');
}

export async function nowOf(opened: Extract<OpenedRecording, { state: 'opened' }>): Promise<string> {
  const identity = await opened.source.identify(new AbortController().signal);
  return identity.state === 'reached' ? new Date(identity.now).toISOString() : identity.happened;
}
