import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMemoryKills } from './memory-kills.ts';

const near = Date.parse('2026-11-14T03:00:00Z');
const uid = '0c7a5a40-9b1e-4c1d-8a52-1f0f3f8b7a11';

describe('a kill for memory', () => {
  it("at a cgroup's own limit names the pod", () => {
    const output = [
      '2026-11-14T02:41:31.402117+0000 node-3 kernel: kube-proxy invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=-997',
      `2026-11-14T02:41:31.403571+0000 node-3 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice,task=kube-proxy,pid=2190,uid=0`,
      '2026-11-14T02:41:31.404220+0000 node-3 kernel: Memory cgroup out of memory: Killed process 2190 (kube-proxy) total-vm:812340kB, anon-rss:129312kB',
    ].join('\n');
    expect(parseMemoryKills(output, near)).toEqual([
      { at: Date.parse('2026-11-14T02:41:31.404Z'), process: 'kube-proxy', scope: 'container', podUid: uid, line: output.split('\n')[2] },
    ]);
  });

  it("of the whole machine names no pod's limit", () => {
    const output =
      '[Sat Nov 14 02:41:31 2026] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=java,pid=77,uid=0\n[Sat Nov 14 02:41:31 2026] Out of memory: Killed process 77 (java) total-vm:1kB';
    expect(parseMemoryKills(output, near)).toMatchObject([{ process: 'java', scope: 'node', podUid: undefined }]);
  });

  it('of an older kernel is read from its two lines', () => {
    const output = `Nov 14 02:41:31 node-3 kernel: Task in /kubepods/burstable/pod${uid}/abc killed as a result of limit of /kubepods/burstable/pod${uid}\nNov 14 02:41:31 node-3 kernel: Memory cgroup out of memory: Kill process 9 (app) score 1999 or sacrifice child`;
    expect(parseMemoryKills(output, near)).toMatchObject([{ process: 'app', scope: 'container', podUid: uid }]);
  });

  it('is not mixed up with the cgroup of another kill', () => {
    const output = `oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/kubepods/pod${uid},task=a,pid=1,uid=0\nMemory cgroup out of memory: Killed process 2 (b) total-vm:1kB`;
    expect(parseMemoryKills(output, near)).toMatchObject([{ process: 'b', podUid: undefined }]);
  });

  it('is never seen in other text, and reading never throws', () => {
    fc.assert(fc.property(fc.array(fc.string()), (lines) => Array.isArray(parseMemoryKills(lines.join('\n'), near))));
    expect(parseMemoryKills('kube-proxy invoked oom-killer: order=0', near)).toEqual([]);
  });
});
