import type { Instant } from '../../domain/instant.ts';
import type { MemoryKill } from '../../domain/node-report.ts';
import { timeOfLine } from './node-time.ts';

/** How far the two kernel lines of one kill lie apart: the kernel prints a table of tasks before and only a few lines between. */
const linesOfOneKill = 12;

interface Constraint {
  readonly line: number;
  readonly pid: string | undefined;
  readonly isOfCgroup: boolean;
  readonly podUid: string | undefined;
}

/**
 * Kills by the kernel's out-of-memory killer in a kernel log or journal. Newer kernels print "oom-kill:constraint=…"
 * with the cgroup first, then "Memory cgroup out of memory: Killed process …"; older ones only the second.
 */
export function parseMemoryKills(output: string, near: Instant): readonly MemoryKill[] {
  const kills: MemoryKill[] = [];
  let latest: Constraint | undefined;
  for (const [line, text] of output.split('\n').entries()) {
    latest = constraintOf(text, line) ?? latest;
    const killed = /(Memory cgroup out of memory|Out of memory)[^:]{0,40}: Kill(?:ed)? process (\d{1,10}) \(([^)]{1,64})\)/i.exec(text);
    if (killed === null) continue;
    const isSame = latest !== undefined && line - latest.line <= linesOfOneKill && (latest.pid === undefined || latest.pid === killed[2]);
    const constraint = isSame ? latest : undefined;
    const isOfCgroup = constraint?.isOfCgroup ?? killed[1]?.toLowerCase().startsWith('memory cgroup') === true;
    kills.push({
      at: timeOfLine(text, near),
      process: killed[3] ?? '',
      scope: isOfCgroup ? 'container' : 'node',
      podUid: constraint?.podUid,
      line: text.trim().slice(0, 300),
    });
  }
  return kills;
}

function constraintOf(text: string, line: number): Constraint | undefined {
  const start = text.indexOf('oom-kill:constraint=');
  if (start < 0) {
    const group = /Task in (\S{1,400}) killed as a result of limit of/.exec(text)?.[1];
    return group === undefined ? undefined : { line, pid: undefined, isOfCgroup: true, podUid: podUidIn(group) };
  }
  const fields = text.slice(start, start + 2000);
  return {
    line,
    pid: /,pid=(\d{1,10})/.exec(fields)?.[1],
    isOfCgroup: fields.startsWith('oom-kill:constraint=CONSTRAINT_MEMCG'),
    podUid: podUidIn(fields),
  };
}

/** cgroup paths hold the pod's uid, with "_" for "-" under the systemd driver. */
function podUidIn(text: string): string | undefined {
  return /pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})/.exec(text)?.[1]?.replaceAll('_', '-');
}
