import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What every result says of itself: figures of another day or machine are not comparable. */
export function whenAndWhere(): { readonly day: string; readonly machine: string } {
  const [processor] = cpus();
  const machine = `Node ${process.version}, ${cpus().length} × ${processor?.model ?? 'unknown processor'}`;
  return { day: new Date().toISOString().slice(0, 10), machine };
}

export function saveResult(name: string, text: string): string {
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
