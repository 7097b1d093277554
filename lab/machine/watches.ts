import { readdir, readFile, readlink, stat } from 'node:fs/promises';

/** inotify instances that six hosts and their kubelets, run by root, were seen to hold; rounded up. */
const neededByLab = 60;

/** The kernel limits inotify instances for each user, and a host that gets none ends at boot with words that say nothing of it. */
export async function requireWatches(): Promise<void> {
  const limit = Number(await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8'));
  const used = await heldByRoot();
  if (limit - used < neededByLab)
    throw new Error(
      `A lab needs ${neededByLab} inotify instances; the kernel allows root ${limit}, and ${used} are in use. Take another lab down (STANCH_LAB_NAME=NAME npm run lab -- down), or raise fs.inotify.max_user_instances.`,
    );
}

async function heldByRoot(): Promise<number> {
  let held = 0;
  for (const process of await readdir('/proc')) {
    if (!/^\d+$/.test(process)) continue;
    // A process may end while we look; then it holds nothing.
    const owner = await stat(`/proc/${process}`).catch(() => undefined);
    if (owner?.uid !== 0) continue;
    for (const descriptor of await readdir(`/proc/${process}/fd`).catch(() => []))
      if ((await readlink(`/proc/${process}/fd/${descriptor}`).catch(() => '')) === 'anon_inode:inotify') held++;
  }
  return held;
}
