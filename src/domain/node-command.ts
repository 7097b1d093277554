/**
 * The read-only commands that Stanch runs on a node, over SSH or in a debug pod. The list is fixed: an argument vector
 * is never built from data, so nothing that a cluster says can become part of a command.
 */
export interface NodeCommand {
  /** Names the file in a recording: nodes/<node>/<id>.txt. */
  readonly id: NodeCommandId;
  readonly argv: readonly [string, ...string[]];
  /** What a human would learn from it. */
  readonly shows: string;
  /** True: most distributions let only root run it. */
  readonly needsRoot: boolean;
}

const command = (argv: readonly [string, ...string[]], shows: string, needsRoot = false): Omit<NodeCommand, 'id'> => ({
  argv,
  shows,
  needsRoot,
});

const byId = {
  'systemctl-status-kubelet': command(
    ['systemctl', 'status', 'kubelet', '--no-pager', '--full', '--lines=20'],
    'whether the kubelet runs, since when, and its last words',
  ),
  'systemctl-show-kubelet': command(
    [
      'systemctl',
      'show',
      'kubelet',
      '--no-pager',
      '--property=Id,ActiveState,SubState,Result,NRestarts,ActiveEnterTimestamp,InactiveEnterTimestamp,ExecMainStatus',
    ],
    'the state of the kubelet as fields',
  ),
  'systemctl-status-containerd': command(
    ['systemctl', 'status', 'containerd', '--no-pager', '--full', '--lines=20'],
    'whether containerd runs',
  ),
  'systemctl-show-containerd': command(
    [
      'systemctl',
      'show',
      'containerd',
      '--no-pager',
      '--property=Id,ActiveState,SubState,Result,NRestarts,ActiveEnterTimestamp,InactiveEnterTimestamp,ExecMainStatus',
    ],
    'the state of containerd as fields',
  ),
  'systemctl-status-crio': command(['systemctl', 'status', 'crio', '--no-pager', '--full', '--lines=20'], 'whether CRI-O runs'),
  'systemctl-status-docker': command(['systemctl', 'status', 'docker', '--no-pager', '--full', '--lines=20'], 'whether Docker runs'),
  'systemctl-status-kube-proxy': command(
    ['systemctl', 'status', 'kube-proxy', '--no-pager', '--full', '--lines=20'],
    'whether kube-proxy runs, where it is a unit and not a pod',
  ),
  'systemctl-show-kube-proxy': command(
    [
      'systemctl',
      'show',
      'kube-proxy',
      '--no-pager',
      '--property=Id,ActiveState,SubState,Result,NRestarts,ActiveEnterTimestamp,InactiveEnterTimestamp,ExecMainStatus',
    ],
    'the state of kube-proxy as fields, where it is a unit',
  ),
  'systemctl-failed': command(['systemctl', 'list-units', '--failed', '--no-pager', '--plain', '--no-legend'], 'units that failed'),
  'journal-kubelet': command(
    ['journalctl', '--unit=kubelet', '--since=-2h', '--no-pager', '--output=short-iso-precise', '--lines=2000'],
    'what the kubelet logged in the last two hours',
    true,
  ),
  'journal-containerd': command(
    ['journalctl', '--unit=containerd', '--since=-2h', '--no-pager', '--output=short-iso-precise', '--lines=1000'],
    'what containerd logged in the last two hours',
    true,
  ),
  'journal-kube-proxy': command(
    ['journalctl', '--unit=kube-proxy', '--since=-2h', '--no-pager', '--output=short-iso-precise', '--lines=1000'],
    'what kube-proxy logged, where it is a unit',
    true,
  ),
  'journal-kernel': command(
    ['journalctl', '--dmesg', '--since=-24h', '--no-pager', '--output=short-iso-precise', '--lines=2000'],
    'memory kills, hung tasks, disk and link errors',
    true,
  ),
  dmesg: command(['dmesg', '--time-format=iso'], 'the same, where there is no journal', true),
  'iptables-kube-services': command(
    ['iptables', '-w', '5', '-t', 'nat', '-n', '-L', 'KUBE-SERVICES'],
    'one rule for each service address that the node knows',
    true,
  ),
  'iptables-save-nat': command(['iptables-save', '-t', 'nat'], 'all rules from service addresses to pods', true),
  'nft-list-ruleset': command(['nft', 'list', 'ruleset'], 'the same, where kube-proxy uses nftables', true),
  ipvsadm: command(['ipvsadm', '--list', '--numeric'], 'the same, where kube-proxy uses IPVS', true),
  'kube-proxy-health': command(
    ['curl', '--silent', '--show-error', '--max-time', '3', 'http://127.0.0.1:10256/healthz'],
    "kube-proxy's own word on when it last synced its rules",
  ),
  'kubelet-health': command(
    ['curl', '--silent', '--show-error', '--max-time', '3', 'http://127.0.0.1:10248/healthz'],
    "the kubelet's own word on its health",
  ),
  'conntrack-count': command(['cat', '/proc/sys/net/netfilter/nf_conntrack_count'], 'connections that the kernel tracks'),
  'conntrack-max': command(['cat', '/proc/sys/net/netfilter/nf_conntrack_max'], 'how many it can track'),
  'conntrack-stats': command(['conntrack', '--stats'], 'connections that it had to drop', true),
  'ip-route': command(['ip', 'route', 'show', 'table', 'all'], 'where the node sends pod and service traffic'),
  'ip-link': command(['ip', '-statistics', 'link', 'show'], 'interfaces: state, MTU, errors, drops'),
  'ip-address': command(['ip', '-oneline', 'address', 'show'], 'addresses of the node and its pod bridges'),
  'ip-neighbour': command(['ip', 'neighbour', 'show'], 'neighbours that do not answer'),
  'resolv-conf': command(['cat', '/etc/resolv.conf'], 'the DNS servers that pods with dnsPolicy Default, and CoreDNS, inherit'),
  'cni-config': command(['ls', '-l', '/etc/cni/net.d'], 'which network plugin is configured'),
  'cni-addresses': command(['ls', '/var/lib/cni/networks'], 'pod addresses that are handed out', true),
  df: command(['df', '--block-size=1', '--output=source,fstype,size,used,avail,pcent,target'], 'how full the file systems are'),
  'df-inodes': command(['df', '--output=source,fstype,itotal,iused,iavail,ipcent,target'], 'how many files they can still hold'),
  mounts: command(['cat', '/proc/mounts'], 'file systems that became read-only'),
  meminfo: command(['cat', '/proc/meminfo'], 'memory of the machine'),
  'memory-pressure': command(['cat', '/proc/pressure/memory'], 'time that tasks lose waiting for memory'),
  'cpu-pressure': command(['cat', '/proc/pressure/cpu'], 'time that tasks lose waiting for a processor'),
  'io-pressure': command(['cat', '/proc/pressure/io'], 'time that tasks lose waiting for disks'),
  loadavg: command(['cat', '/proc/loadavg'], 'tasks that want to run, and how many there are'),
  'pid-max': command(['cat', '/proc/sys/kernel/pid_max'], 'how many processes can exist'),
  'file-handles': command(['cat', '/proc/sys/fs/file-nr'], 'open files of the whole machine and their limit'),
  uptime: command(['cat', '/proc/uptime'], 'seconds since the machine started'),
  timedatectl: command(['timedatectl', 'show'], 'whether the clock is synchronised'),
  'clock-offset': command(['chronyc', '-n', 'tracking'], 'how far the clock is off'),
  date: command(['date', '--utc', '+%Y-%m-%dT%H:%M:%S.%NZ'], "the node's idea of the time"),
  'kubelet-certificate': command(
    ['openssl', 'x509', '-noout', '-subject', '-enddate', '-in', '/var/lib/kubelet/pki/kubelet-client-current.pem'],
    "when the kubelet's client certificate ends",
    true,
  ),
  'control-plane-certificates': command(
    ['kubeadm', 'certs', 'check-expiration'],
    'when the certificates of a kubeadm control plane end',
    true,
  ),
  'crictl-ps': command(['crictl', 'ps', '--all', '--output=table'], 'containers as the runtime sees them', true),
  'crictl-pods': command(['crictl', 'pods'], 'pod sandboxes as the runtime sees them', true),
  'crictl-info': command(['crictl', 'info'], 'whether the runtime and its network are ready', true),
} as const satisfies { readonly [id: string]: Omit<NodeCommand, 'id'> };

export type NodeCommandId = keyof typeof byId;

export const nodeCommands: readonly NodeCommand[] = (Object.keys(byId) as NodeCommandId[]).map((id) => ({ id, ...byId[id] }));

/** The command with this id. Absent: a recording brought an output that Stanch does not know. */
export function nodeCommand(id: string): NodeCommand | undefined {
  return nodeCommands.find((each) => each.id === id);
}

/** Recordings made by hand often name the file after the command line; the listed id for such a text, else the text. */
export function nodeCommandId(written: string): string {
  const plain = written
    .toLowerCase()
    .replace(/^(sudo[\s_-]+)/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (nodeCommand(plain) !== undefined) return plain;
  return synonyms[plain] ?? written;
}

const synonyms: { readonly [written: string]: NodeCommandId } = {
  'iptables-t-nat-l-kube-services': 'iptables-kube-services',
  'iptables-t-nat-l-kube-services-n': 'iptables-kube-services',
  'iptables-t-nat-n-l-kube-services': 'iptables-kube-services',
  'iptables-nat-kube-services': 'iptables-kube-services',
  'iptables-save': 'iptables-save-nat',
  'iptables-save-t-nat': 'iptables-save-nat',
  'ipvsadm-ln': 'ipvsadm',
  'ipvsadm-l-n': 'ipvsadm',
  'nft-ruleset': 'nft-list-ruleset',
  'journalctl-u-kubelet': 'journal-kubelet',
  'journalctl-kubelet': 'journal-kubelet',
  'kubelet-log': 'journal-kubelet',
  kubelet: 'journal-kubelet',
  'journalctl-u-containerd': 'journal-containerd',
  'journalctl-containerd': 'journal-containerd',
  'journalctl-u-kube-proxy': 'journal-kube-proxy',
  'journalctl-kube-proxy': 'journal-kube-proxy',
  'journalctl-k': 'journal-kernel',
  'journalctl-dmesg': 'journal-kernel',
  'journalctl-kernel': 'journal-kernel',
  'kernel-log': 'journal-kernel',
  'dmesg-t': 'dmesg',
  'df-h': 'df',
  'df-i': 'df-inodes',
  'df-ih': 'df-inodes',
  mount: 'mounts',
  'proc-mounts': 'mounts',
  'nf-conntrack-count': 'conntrack-count',
  'nf-conntrack-max': 'conntrack-max',
  'sysctl-net-netfilter-nf-conntrack-count': 'conntrack-count',
  'sysctl-net-netfilter-nf-conntrack-max': 'conntrack-max',
  'conntrack-s': 'conntrack-stats',
  'ip-r': 'ip-route',
  'ip-s-link': 'ip-link',
  'ip-a': 'ip-address',
  'ip-addr': 'ip-address',
  'ip-neigh': 'ip-neighbour',
  'crictl-ps-a': 'crictl-ps',
  'timedatectl-status': 'timedatectl',
  'timedatectl-show': 'timedatectl',
  'chronyc-tracking': 'clock-offset',
  'kubeadm-certs-check-expiration': 'control-plane-certificates',
  'systemctl-failed-units': 'systemctl-failed',
};
