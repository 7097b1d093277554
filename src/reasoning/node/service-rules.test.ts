import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../../domain/collection.ts';
import { snapshotOf } from '../../domain/example.ts';
import { exampleRules, exampleService, exampleSlice } from '../../domain/example-network.ts';
import { endpointSlice } from '../../domain/kubernetes/network.ts';
import { factsOf } from '../facts-of.ts';
import { type DemandedPort, demandedPorts, parseServiceRules } from './service-rules.ts';

const demanded: readonly DemandedPort[] = [
  { name: 'shop/db:pg', address: '10.96.7.1 tcp 5432' },
  { name: 'shop/cart', address: '10.96.7.2 tcp 80' },
  { name: 'kube-system/kube-dns:dns', address: '10.96.0.10 udp 53' },
];

/** All but the identities, which have a test of their own. */
function parse(...given: Parameters<typeof parseServiceRules>): object | undefined {
  const rules = parseServiceRules(...given);
  if (rules === undefined) return undefined;
  const { served: _served, ...rest } = rules;
  return rest;
}

describe('service rules', () => {
  it('keep what the listing names, whatever is demanded', () => {
    const { command, output } = exampleRules('node-1', ['shop/db:pg']);
    expect(parseServiceRules(command, output, undefined)?.served).toEqual(new Set(['shop/db:pg', '10.96.7.1 tcp 80']));
  });

  it('of iptables -S are counted by the services that they serve', () => {
    const { command, output } = exampleRules('node-1', ['shop/db:pg', 'shop/gone']);
    expect(parse(command, output, demanded)).toEqual({ mode: 'iptables', found: 1, demanded: 3, isApproximate: false });
  });

  it('of iptables -L are recognised by their comments', () => {
    const output = `Chain KUBE-SERVICES (2 references)
target     prot opt source               destination
KUBE-SVC-NPX46M4PTMTKRN6Y  tcp  --  anywhere             10.96.7.1            /* shop/db:pg cluster IP */ tcp dpt:postgresql
KUBE-SVC-TCOU7JCQXEZGVUNU  udp  --  anywhere             10.96.0.10           /* kube-system/kube-dns:dns cluster IP */ udp dpt:domain
KUBE-NODEPORTS  all  --  anywhere             anywhere             /* kubernetes service nodeports */ ADDRTYPE match dst-type LOCAL`;
    expect(parse('iptables -t nat -L KUBE-SERVICES', output, demanded)).toEqual({
      mode: 'iptables',
      found: 2,
      demanded: 3,
      isApproximate: false,
    });
  });

  it('of a chain that is there and empty are none, and that is exact', () => {
    const output = 'Chain KUBE-SERVICES (2 references)\ntarget     prot opt source               destination';
    expect(parseServiceRules('iptables -w 5 -t nat -n -L KUBE-SERVICES', output, demanded)).toEqual({
      mode: 'iptables',
      found: 0,
      demanded: 3,
      isApproximate: false,
      served: new Set(),
    });
  });

  it('of a dump that was cut before the rules of the chain are not known to be none', () => {
    expect(parse('iptables-save -t nat', '*nat\n:KUBE-SERVICES - [0:0]', demanded)).toMatchObject({ found: 0, isApproximate: true });
  });

  it('of iptables-save do not count the chains of the endpoints twice', () => {
    const output = `*nat
:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
-A KUBE-SERVICES -d 10.96.7.2/32 -p tcp -m comment --comment "shop/cart cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA
-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "shop/cart -> 10.244.1.2:8080" -j KUBE-SEP-BBBBBBBBBBBBBBBB`;
    expect(parse('iptables-save -t nat', output, demanded)).toMatchObject({ found: 1, isApproximate: false });
  });

  it('counted by wc -l are approximate, without heading and node-port rule', () => {
    expect(parse('iptables -t nat -L KUBE-SERVICES | wc -l', '312\n', demanded)).toEqual({
      mode: 'iptables',
      found: 309,
      demanded: 3,
      isApproximate: true,
    });
  });

  it('counted in another way are compared with other nodes only', () => {
    expect(parse('iptables-save | grep -c KUBE-SVC', '900', demanded)).toEqual({
      mode: 'iptables',
      found: 900,
      demanded: undefined,
      isApproximate: true,
    });
  });

  it('cut short by head say nothing', () => {
    const output = Array.from(
      { length: 20 },
      (_, index) => `KUBE-SVC-AAAAAAAAAAAAAA${index}  tcp  --  anywhere 10.0.0.${index} /* shop/s${index} cluster IP */`,
    ).join('\n');
    expect(parse('iptables -t nat -L KUBE-SERVICES | head -20', output, demanded)).toBeUndefined();
  });

  it('of nftables are the entries of its map', () => {
    const output =
      'table ip kube-proxy {\n  map service-ips {\n    elements = { 10.96.7.1 . tcp . 5432 : goto service-ABCD-shop/db/tcp/pg,\n      10.96.0.10 . udp . 53 : goto service-EFGH-kube-system/kube-dns/udp/dns }\n  }\n}';
    expect(parse('nft list ruleset', output, demanded)).toEqual({
      mode: 'nftables',
      found: 2,
      demanded: 3,
      isApproximate: false,
    });
  });

  it('of IPVS need a real server behind the virtual one', () => {
    const output =
      'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\nTCP  10.96.7.1:5432 rr\n  -> 10.244.1.2:5432              Masq    1      0          0\nTCP  10.96.7.2:80 rr\n';
    expect(parse('ipvsadm -Ln', output, demanded)).toEqual({ mode: 'ipvs', found: 1, demanded: 3, isApproximate: false });
  });

  it('are not seen in other output', () => {
    expect(parse('uptime', ' 02:49:00 up 12 days', demanded)).toBeUndefined();
    expect(parse('cat /proc/sys/net/netfilter/nf_conntrack_count', '4711', demanded)).toBeUndefined();
  });

  it('never make reading throw, nor find a negative number', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('iptables -t nat -S KUBE-SERVICES', 'ipvsadm -Ln', 'nft list ruleset', 'x | wc -l'),
        fc.string(),
        (command, output) => (parseServiceRules(command, output, demanded)?.found ?? 0) >= 0,
      ),
    );
  });

  it('of a long listing are read in time proportional to its length', () => {
    const { command, output } = exampleRules(
      'node-1',
      Array.from({ length: 20_000 }, (_, index) => `team/s${index}`),
    );
    expect(parse(command, output, undefined)).toEqual({
      mode: 'iptables',
      found: 20_000,
      demanded: undefined,
      isApproximate: true,
    });
  });
});

describe('demanded service ports', () => {
  it('are those with ready endpoints that kube-proxy serves', () => {
    const services = [
      exampleService({
        name: 'db',
        clusterIP: '10.96.7.1',
        ports: [
          { name: 'pg', port: 5432 },
          { name: 'metrics', port: 9187 },
        ],
      }),
      exampleService({ name: 'idle', clusterIP: '10.96.7.3' }),
      exampleService({ name: 'headless', clusterIP: 'None' }),
      exampleService({ name: 'elsewhere', spec: { type: 'ExternalName', externalName: 'db.example.com', clusterIP: '' } }),
    ];
    const endpointslices = [
      exampleSlice({ service: 'db', port: { name: 'pg', port: 5432 }, ready: ['10.244.1.2'] }),
      exampleSlice({ service: 'idle', notReady: ['10.244.1.3'] }),
      exampleSlice({ service: 'headless', ready: ['10.244.1.4'] }),
    ];
    const facts = factsOf(snapshotOf({ services, endpointslices, pods: [] }));
    expect(demandedPorts(facts.get('service-backends'), collect(endpointslices.map((raw) => endpointSlice.read(raw))))).toEqual([
      { name: 'shop/db:pg', address: '10.96.7.1 tcp 5432' },
    ]);
  });

  it('are not known where endpoints could not be read', () => {
    const facts = factsOf(snapshotOf({ services: [exampleService({ name: 'db' })], pods: [] }));
    expect(demandedPorts(facts.get('service-backends'), undefined)).toBeUndefined();
  });
});
