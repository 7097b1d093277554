import type { Instant } from '../../domain/instant.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import { timeOfLine } from './node-time.ts';

type Kind = NodeReport['findings'][number]['kind'];

/** Wordings of the kernel, the kubelet, container runtimes and CNI plugins. The first that fits names the line. */
const wordings: readonly (readonly [Kind, RegExp])[] = [
  ['kernel-panic', /Kernel panic - not syncing|BUG: unable to handle|kernel BUG at|Oops: /],
  ['hung-task', /task \S{1,80} blocked for more than \d+ seconds|soft lockup - CPU#|rcu_sched (?:self-)?detected stall|hung_task/],
  ['read-only-file-system', /Remounting filesystem read-only|[Rr]ead-only file system/],
  [
    'disk-error',
    /I\/O error|Medium Error|EXT4-fs error|XFS \(\S{1,40}\): (?:Corruption|metadata I\/O error)|Buffer I\/O error|nvme\S{0,10}: I\/O \d+ .*timeout/,
  ],
  ['conntrack-full', /nf_conntrack: (?:\S+: )?table full, dropping packet/],
  ['link-down', /(?:NIC Link is Down|Link is [Dd]own|carrier lost|Lost carrier|link becomes not ready)/],
  [
    'certificate-expired',
    /certificate has expired or is not yet valid|x509: certificate has expired|[Pp]art of the existing bootstrap client certificate .* is expired/,
  ],
  [
    'cni-error',
    /cni plugin not initialized|failed to setup network for sandbox|plugin type="[^"]{1,60}" failed|no IP addresses available in range|NetworkPluginNotReady|failed to find plugin/,
  ],
  [
    'runtime-error',
    /container runtime is down|failed to connect to containerd|connect: (?:connection refused|no such file).{0,40}(?:containerd|crio|dockershim)|containerd\.sock.{0,80}(?:connection refused|no such file)|PLEG is not healthy/,
  ],
  ['clock-jump', /Time has been changed|clock wrong by -?\d|System clock was stepped by|Clock skew detected/],
  [
    'rebooted',
    /^.{0,80}kernel: .{0,20}Linux version \d|^\[ +0\.0+\] Linux version|-- (?:Re)?[Bb]oot [0-9a-f]{32} --|systemd\[1\]: Detected virtualization|reboot\s+system boot/,
  ],
];

/** One line in a log can repeat thousands of times; this many of one kind say all there is to say. */
const keptPerKind = 5;

/** Noteworthy lines, the latest few of each kind, in the order of the log. */
export function parseJournalFindings(output: string, near: Instant): readonly Omit<NodeReport['findings'][number], 'command'>[] {
  const found: Omit<NodeReport['findings'][number], 'command'>[] = [];
  const counts = new Map<Kind, number>();
  for (const line of output.split('\n').toReversed()) {
    const short = line.slice(0, 1000);
    const kind = wordings.find(([, wording]) => wording.test(short))?.[0];
    if (kind === undefined || (counts.get(kind) ?? 0) >= keptPerKind) continue;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    found.push({ kind, line: short.trim().slice(0, 300), at: timeOfLine(short, near) });
  }
  return found.toReversed();
}
