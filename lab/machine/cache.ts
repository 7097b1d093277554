import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '../layout.ts';
import { step } from '../progress.ts';

export interface Cached {
  /** Name of the directory in the cache. It carries a key of everything that determines the content. */
  readonly name: string;
  readonly title: string;
  /** Fills the directory, which exists and is empty. */
  readonly make: (directory: string) => Promise<void>;
}

/** Path of a directory that is made once. It appears under its name when it is complete, so that no run takes half of one. */
export async function ensureCached({ name, title, make }: Cached): Promise<string> {
  const finished = join(cacheDirectory, name);
  if (existsSync(finished)) return finished;
  await step(title, async () => {
    await removeAbandoned();
    const unfinished = join(cacheDirectory, `${name}.unfinished-${process.pid}`);
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await make(unfinished);
    // Another lab may have made the same in the meantime; then that one serves as well.
    if (existsSync(finished)) await rm(unfinished, { recursive: true });
    else await rename(unfinished, finished);
  });
  return finished;
}

/** What killed runs left half-made, told by the process that was making it. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(cacheDirectory).catch(() => [])) {
    const maker = /\.unfinished-(\d+)$/.exec(name)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`)) await rm(join(cacheDirectory, name), { recursive: true, force: true });
  }
}
