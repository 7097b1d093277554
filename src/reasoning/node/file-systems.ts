import type { FileSystemUse } from '../../domain/node-report.ts';

interface Part {
  readonly mountPoint: string;
  readonly device?: string;
  readonly usedShare?: number;
  readonly inodesUsedShare?: number;
  readonly isReadOnly?: boolean;
}

/** File systems that hold data of their own; the rest (proc, tmpfs, squashfs, overlays …) is read-only or full by design. */
const dataKinds = /^(ext[234]|xfs|btrfs|zfs|f2fs|nfs4?|ceph|glusterfs)$/;

/** Use and writability by mount point, from `df`, `df -i`, `mount` or /proc/mounts, alone or one after another. */
export function parseFileSystems(output: string): readonly FileSystemUse[] {
  const parts = new Map<string, Part>();
  let isInodes = false;
  for (const line of output.split('\n')) {
    if (/^Filesystem\s/.test(line)) isInodes = /\bInodes\b/.test(line);
    const part = fromDf(line, isInodes) ?? fromMounts(line);
    if (part !== undefined) parts.set(part.mountPoint, { ...parts.get(part.mountPoint), ...part });
  }
  return [...parts.values()].flatMap((part) =>
    part.usedShare === undefined && part.inodesUsedShare === undefined && part.isReadOnly !== true
      ? []
      : [
          {
            mountPoint: part.mountPoint,
            device: part.device,
            usedShare: part.usedShare ?? 0,
            inodesUsedShare: part.inodesUsedShare,
            isReadOnly: part.isReadOnly,
          },
        ],
  );
}

function fromDf(line: string, isInodes: boolean): Part | undefined {
  const match = /^(\S{1,200}) +(?:\w[\w-]* +)?\S{1,20} +\S{1,20} +\S{1,20} +(\d{1,3})% +(\/\S*)$/.exec(line.trimEnd().slice(0, 600));
  if (match === null || /^(tmpfs|devtmpfs|overlay|shm|none|udev|squashfs|\/dev\/loop\d+)$/.test(match[1] ?? '')) return undefined;
  const share = Number(match[2]) / 100;
  const of = { device: match[1] ?? '', mountPoint: match[3] ?? '' };
  return isInodes ? { ...of, inodesUsedShare: share } : { ...of, usedShare: share };
}

function fromMounts(line: string): Part | undefined {
  const short = line.slice(0, 600);
  const match = /^(\S+) on (\/\S*) type (\S+) \(([^)]*)\)/.exec(short) ?? /^(\S+) (\/\S*) (\S+) (\S+) \d+ \d+$/.exec(short.trimEnd());
  if (match === null || !dataKinds.test(match[3] ?? '')) return undefined;
  return { device: match[1] ?? '', mountPoint: match[2] ?? '', isReadOnly: (match[4] ?? '').split(',').includes('ro') };
}
