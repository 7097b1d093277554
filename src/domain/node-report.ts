import type { Instant } from './instant.ts';

export interface UnitState {
  /** Without the suffix: "kubelet", "containerd", "kube-proxy". */
  readonly unit: string;
  /** systemd's ActiveState: "active", "failed", "inactive", "activating" … */
  readonly state: string;
  readonly subState: string | undefined;
  readonly since: Instant | undefined;
  readonly restarts: number | undefined;
  /** systemd's Result, for example "oom-kill", "exit-code". Absent: success or not told. */
  readonly result: string | undefined;
}

export interface MemoryKill {
  readonly at: Instant | undefined;
  readonly process: string;
  /** container: a cgroup reached its own limit. node: the machine ran out. */
  readonly scope: 'container' | 'node';
  /** Pod uid found in the cgroup path. Absent: none in it. */
  readonly podUid: string | undefined;
  readonly line: string;
}

/** Rules that turn a Service's address into endpoints, as found on the node. */
export interface ServiceRules {
  readonly mode: 'iptables' | 'nftables' | 'ipvs';
  /** Distinct service ports that the node serves. */
  readonly found: number;
  /** Distinct service ports with ready endpoints that Services and EndpointSlices demand. Undefined: those lists could not be read, or what was counted is not one per service port. */
  readonly demanded: number | undefined;
  /** True: the figure counts lines of a listing rather than distinct services, so a small difference says nothing. */
  readonly isApproximate: boolean;
  /** What the listing holds: "shop/cart:http" where it has names, "10.96.0.10 tcp 53" where it has addresses. Absent: neither. */
  readonly served?: ReadonlySet<string>;
}

export interface FileSystemUse {
  readonly mountPoint: string;
  /** "/dev/sda1". Absent: the command did not tell. */
  readonly device: string | undefined;
  readonly usedShare: number;
  readonly inodesUsedShare: number | undefined;
  readonly isReadOnly: boolean | undefined;
}

/** What the commands on one node say. Every part absent: the command was not run or said nothing usable. */
export interface NodeReport {
  readonly node: string;
  readonly units: readonly (UnitState & { readonly command: string })[];
  readonly memoryKills: readonly (MemoryKill & { readonly command: string })[];
  readonly serviceRules: (ServiceRules & { readonly command: string }) | undefined;
  readonly connectionTracking: { readonly used: number; readonly limit: number; readonly command: string } | undefined;
  readonly fileSystems: readonly (FileSystemUse & { readonly command: string })[];
  readonly clockOffsetSeconds: { readonly value: number; readonly command: string } | undefined;
  readonly certificates: readonly { readonly path: string; readonly expiresAt: Instant; readonly command: string }[];
  readonly podAddresses: { readonly used: number; readonly available: number; readonly command: string } | undefined;
  readonly interfaces: readonly {
    readonly name: string;
    readonly mtuBytes: number | undefined;
    readonly state: string | undefined;
    readonly errors: number;
    readonly dropped: number;
    readonly command: string;
  }[];
  /** Noteworthy lines of the kernel or journal, with what they mean. */
  readonly findings: readonly {
    readonly kind:
      | 'hung-task'
      | 'read-only-file-system'
      | 'kernel-panic'
      | 'disk-error'
      | 'link-down'
      | 'conntrack-full'
      | 'cni-error'
      | 'runtime-error'
      | 'certificate-expired'
      | 'rebooted'
      | 'clock-jump';
    readonly line: string;
    readonly at: Instant | undefined;
    readonly command: string;
  }[];
}
