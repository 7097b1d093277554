import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real disk that can be full, in memory. For tests. */
export interface SmallDisk {
  readonly folder: string;
  readonly resize: (mebibytes: number) => void;
  readonly remove: () => void;
}

/** Undefined: this process may not make one. */
export function smallDisk(mebibytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-disk-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]).status === 0;
  if (!isMounted) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    resize: (size) => {
      spawnSync('mount', ['-o', `remount,size=${size}m`, folder]);
    },
    remove: () => {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
