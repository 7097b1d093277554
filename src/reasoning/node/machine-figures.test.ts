import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCertificates } from './certificates.ts';
import { parseClockOffset } from './clock-offset.ts';
import { parseConnectionTracking } from './connection-tracking.ts';
import { parseFileSystems } from './file-systems.ts';
import { parseInterfaces } from './interfaces.ts';
import { parseJournalFindings } from './journal-findings.ts';
import { parsePodAddresses } from './pod-addresses.ts';

const at = Date.parse('2026-03-01T10:00:00Z');

describe('the table of connections', () => {
  const count = { command: 'conntrack-count', line: 'cat /proc/sys/net/netfilter/nf_conntrack_count', output: '120\n' };
  const max = { command: 'conntrack-max', line: 'cat /proc/sys/net/netfilter/nf_conntrack_max', output: '262144\n' };
  const both = 'cat /proc/sys/net/netfilter/nf_conntrack_max /proc/sys/net/netfilter/nf_conntrack_count';

  it.each([
    ['two files', [count, max]],
    ['one command with both files', [{ command: 'c', line: both, output: '262144\n120\n' }]],
    [
      'sysctl',
      [{ command: 'c', line: 'sysctl', output: 'net.netfilter.nf_conntrack_count = 120\nnet.netfilter.nf_conntrack_max = 262144' }],
    ],
  ])('is put together from %s', (_how, printed) => {
    expect(parseConnectionTracking(printed)).toMatchObject({ used: 120, limit: 262_144 });
  });

  it('is not known from half of it', () => {
    expect(parseConnectionTracking([count])).toBeUndefined();
  });
});

describe('file systems', () => {
  it('are read from df with and without a column for the kind, and from df -i', () => {
    const output = `Filesystem     Type      1B-blocks        Used       Avail Use% Mounted on
/dev/sda1      ext4  105089261568 99834798489  5254463078  95% /
tmpfs          tmpfs    167772160     1048576   166723584   1% /run
Filesystem      Inodes  IUsed   IFree IUse% Mounted on
/dev/sda1      6553600 655360 5898240   10% /`;
    expect(parseFileSystems(output)).toEqual([
      { mountPoint: '/', device: '/dev/sda1', usedShare: 0.95, inodesUsedShare: 0.1, isReadOnly: undefined },
    ]);
  });

  it('that are mounted read-only are read from both forms', () => {
    expect(
      parseFileSystems('/dev/sdb1 on /data type ext4 (ro,relatime)\n/dev/sdc1 /var xfs ro,noatime 0 0\nproc on /proc type proc (ro)'),
    ).toEqual([
      { mountPoint: '/data', device: '/dev/sdb1', usedShare: 0, inodesUsedShare: undefined, isReadOnly: true },
      { mountPoint: '/var', device: '/dev/sdc1', usedShare: 0, inodesUsedShare: undefined, isReadOnly: true },
    ]);
  });
});

describe('the clock', () => {
  it.each([
    ['chronyc tracking', 'System time     : 301.5 seconds slow of NTP time', -301.5],
    ['chronyc tracking', 'System time     : 0.25 seconds fast of NTP time', 0.25],
    [
      'ntpq -pn',
      '     remote           refid      st t when poll reach   delay   offset  jitter\n*192.0.2.1       .GPS.            1 u   12   64  377    0.512 -1500.000   0.100',
      1.5,
    ],
    ['date --utc', '2026-03-01T10:05:00.000000000Z', 300],
    ['date --utc', '2026-03-01T10:00:07Z', 0],
    ['timedatectl', '               Local time: Sun 2026-03-01 09:50:00 UTC\n           Universal time: Sun 2026-03-01 09:50:00 UTC', -600],
  ])('is read from %s', (command, output, expected) => {
    expect(parseClockOffset(command, output, at)).toBe(expected);
  });

  it('is not judged by output of unknown time', () => {
    expect(parseClockOffset('date --utc', '2026-03-01T10:05:00Z', undefined)).toBeUndefined();
  });
});

describe('certificates', () => {
  it('are read from openssl, with the path of the command', () => {
    expect(
      parseCertificates(
        'openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem',
        'notAfter=Mar  1 09:00:00 2026 GMT',
      ),
    ).toEqual([{ path: '/var/lib/kubelet/pki/kubelet-client-current.pem', expiresAt: Date.parse('2026-03-01T09:00:00Z') }]);
  });

  it("are read from kubeadm's table", () => {
    const output =
      'CERTIFICATE                EXPIRES                  RESIDUAL TIME   CERTIFICATE AUTHORITY   EXTERNALLY MANAGED\napiserver                  Nov 10, 2026 02:43 UTC   254d            ca                      no';
    expect(parseCertificates('kubeadm certs check-expiration', output)).toEqual([
      { path: 'apiserver', expiresAt: Date.parse('2026-11-10T02:43:00Z') },
    ]);
  });
});

describe('interfaces', () => {
  it('carry their MTU and the errors of both directions', () => {
    const output = `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff
    RX:  bytes packets errors dropped  missed   mcast
    1000 100 7 2 0 0
    TX:  bytes packets errors dropped carrier collsns
    1000 100 3 1 0 0
3: cali1@if4: <BROADCAST,UP> mtu 1450 qdisc noqueue state UP`;
    expect(parseInterfaces(output)).toEqual([
      { name: 'eth0', mtuBytes: 1500, state: 'UP', errors: 10, dropped: 3 },
      { name: 'cali1', mtuBytes: 1450, state: 'UP', errors: 0, dropped: 0 },
    ]);
  });
});

describe('pod addresses', () => {
  it("are counted against the node's range", () => {
    expect(parsePodAddresses('ls /var/lib/cni/networks/pods', '10.244.1.2\n10.244.1.3\nlast_reserved_ip.0\nlock', '10.244.1.0/24')).toEqual(
      { used: 2, available: 253 },
    );
    expect(parsePodAddresses('ls /var/lib/cni/networks/pods | wc -l', '253\n', '10.244.1.0/24')).toEqual({ used: 253, available: 253 });
  });

  it('cannot be judged without the range', () => {
    expect(parsePodAddresses('ls /var/lib/cni/networks/pods', '10.244.1.2', undefined)).toBeUndefined();
  });
});

describe('findings in a journal', () => {
  it('keep the latest lines of each kind, in order', () => {
    const lines = Array.from(
      { length: 50 },
      (_, index) => `2026-03-01T09:00:${String(index).padStart(2, '0')}Z node-1 kernel: nf_conntrack: table full, dropping packet`,
    );
    expect(parseJournalFindings(lines.join('\n'), at).map((each) => each.line)).toEqual(lines.slice(-5));
  });

  it.each([
    ['hung-task', 'kernel: INFO: task jbd2/sda1-8:312 blocked for more than 120 seconds.'],
    ['read-only-file-system', 'kernel: EXT4-fs (sda1): Remounting filesystem read-only'],
    ['disk-error', 'kernel: blk_update_request: I/O error, dev sda, sector 1234'],
    ['link-down', 'kernel: e1000e: eth0 NIC Link is Down'],
    ['cni-error', 'kubelet: "RunPodSandbox from runtime service failed" err="failed to setup network for sandbox"'],
    ['runtime-error', 'kubelet: "Skipping pod synchronization" err="PLEG is not healthy: pleg was last seen active 3m"'],
    ['certificate-expired', 'kubelet: part of the existing bootstrap client certificate in /etc/kubernetes/kubelet.conf is expired'],
  ])('name %s', (kind, line) => {
    expect(parseJournalFindings(line, at)).toMatchObject([{ kind }]);
  });
});

describe('no parser', () => {
  it('throws, whatever a node prints', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom(
            'Filesystem Inodes',
            '2: eth0: <UP> mtu 1',
            'RX: bytes packets errors dropped',
            '1 2 3 4',
            'notAfter=',
            '-A KUBE-SERVICES',
            '*',
            '%',
            ' / ',
            '::',
          ),
        )
        .map((parts) => parts.join('\n')),
    );
    fc.assert(
      fc.property(text, text, (command, output) => {
        parseFileSystems(output);
        parseInterfaces(output);
        parseCertificates(command, output);
        parseClockOffset(`date ${command}`, output, at);
        parsePodAddresses(`cni/networks ${command}`, output, command);
        parseConnectionTracking([{ command, line: command, output }]);
        parseJournalFindings(output, at);
      }),
    );
  });

  it('takes more than proportional time for a hostile line', () => {
    const hostile = ['/dev/sda1 '.repeat(20_000), 'a'.repeat(200_000), `*${' 1'.repeat(50_000)}`, '2: '.repeat(50_000)].join('\n');
    parseFileSystems(hostile);
    parseInterfaces(hostile);
    parseCertificates(hostile, hostile);
    parseClockOffset('date', hostile, at);
    expect(parseJournalFindings(hostile, at)).toEqual([]);
  });
});
