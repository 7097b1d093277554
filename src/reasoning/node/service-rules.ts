import type { FactOf } from '../../domain/facts.ts';
import type { ServiceRules } from '../../domain/node-report.ts';
import type { ServiceBackends } from '../../domain/service-backends.ts';

/** One service port that kube-proxy has to serve on every node. */
export interface DemandedPort {
  /** "shop/cart:http"; "shop/cart" where the port has no name: as kube-proxy writes it into rule comments. */
  readonly name: string;
  /** "10.96.0.10 tcp 53". */
  readonly address: string;
}

/** Every service port with ready endpoints. Undefined: Services or their endpoints could not be read. */
export function demandedPorts(
  backends: ServiceBackends | undefined,
  slices: FactOf<'endpointslices'> | undefined,
): readonly DemandedPort[] | undefined {
  if (backends === undefined || backends.all.some((backend) => backend.endpoints === undefined)) return undefined;
  return backends.all.flatMap(({ service, endpoints, slices: own }) => {
    const { spec, metadata } = service;
    const address = [spec.clusterIP, ...spec.clusterIPs].find((each) => each !== undefined && /^\d+\.\d+\.\d+\.\d+$/.test(each));
    const isElsewhere =
      spec.type === 'ExternalName' ||
      spec.internalTrafficPolicy === 'Local' ||
      metadata.labels['service.kubernetes.io/service-proxy-name'] !== undefined;
    if (address === undefined || isElsewhere || (endpoints?.ready ?? 0) === 0) return [];
    const served =
      slices === undefined
        ? undefined
        : new Set(own.flatMap((slice) => (slice.kind === 'EndpointSlice' ? slice.ports.map((port) => port.name ?? '') : [])));
    return spec.ports.flatMap((port) => {
      const isServed = served === undefined || served.size === 0 || served.has(port.name ?? '');
      const name = `${metadata.namespace ?? ''}/${metadata.name}${port.name === undefined || port.name === '' ? '' : `:${port.name}`}`;
      return isServed ? [{ name, address: `${address} ${(port.protocol ?? 'TCP').toLowerCase()} ${port.port ?? 0}` }] : [];
    });
  });
}

/** Reads listings of iptables, iptables-save, nft and ipvsadm, and bare counts of them. Undefined: the output is none of these, or was cut short. */
export function parseServiceRules(
  command: string,
  output: string,
  demanded: readonly DemandedPort[] | undefined,
): ServiceRules | undefined {
  const mode = modeOf(command, output);
  if (mode === undefined) return undefined;
  const count = /^\s*(\d{1,9})\s*$/.exec(output)?.[1];
  if (count !== undefined) return ruleCount(mode, command, Number(count), demanded);
  const head = /head\s+(?:-n\s*)?-?(\d+)|head\s*$/.exec(command);
  if (head !== null && output.trimEnd().split('\n').length >= Number(head[1] ?? 10)) return undefined;
  const served = servedPorts(mode, output);
  if (served === undefined) return undefined;
  const known = demanded?.filter((port) =>
    served.names.size > 0 ? served.names.has(port.name) : served.addresses.has(port.address),
  ).length;
  const hasIdentities = served.names.size + served.addresses.size > 0 || (mode === 'iptables' && isEmptyChain(output));
  // Without names or addresses in the listing only the number of rule chains can be compared.
  return {
    mode,
    found: known !== undefined && hasIdentities ? known : served.size,
    demanded: demanded?.length,
    isApproximate: known === undefined || !hasIdentities,
    ...(hasIdentities ? { served: new Set([...served.names, ...served.addresses]) } : {}),
  };
}

/** `-L` and `-S` of the chain alone name it first; nothing behind that means that the chain is there and serves nobody. */
function isEmptyChain(output: string): boolean {
  return /^(?:Chain KUBE-SERVICES \(|-N KUBE-SERVICES\b)/.test(output) && !output.includes('KUBE-SVC-');
}

function modeOf(command: string, output: string): ServiceRules['mode'] | undefined {
  if (/ipvsadm/.test(command) || /^IP Virtual Server version/m.test(output)) return 'ipvs';
  if (/\bnft\b/.test(command) || /^\s*table (ip|ip6|inet) kube-proxy/m.test(output)) return 'nftables';
  const isListing = /KUBE-(SERVICES|SVC-|NODEPORTS)/.test(output);
  return isListing || (/iptables/.test(command) && /KUBE-S|-t nat|save|count|service/i.test(command)) ? 'iptables' : undefined;
}

/** `iptables -L` prints two lines of heading, and the chain ends with one rule for node ports. */
const linesBesideRules = 3;

function ruleCount(
  mode: ServiceRules['mode'],
  command: string,
  lines: number,
  demanded: readonly DemandedPort[] | undefined,
): ServiceRules {
  const isListing = /-L(ist)? +KUBE-SERVICES/.test(command) && !/grep/.test(command);
  const isRules = /-S +KUBE-SERVICES/.test(command) || /grep[^|]*(-A KUBE-SERVICES|KUBE-SERVICES.*KUBE-SVC)/.test(command);
  const found = Math.max(0, isListing ? lines - linesBesideRules : lines);
  const isComparable = isListing || isRules;
  return { mode, found, demanded: isComparable ? demanded?.length : undefined, isApproximate: true };
}

interface ServedPorts {
  readonly names: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
  readonly size: number;
}

function servedPorts(mode: ServiceRules['mode'], output: string): ServedPorts | undefined {
  if (mode === 'ipvs') return fromIpvs(output);
  return mode === 'nftables' ? fromNftables(output) : fromIptables(output);
}

function fromIptables(output: string): ServedPorts | undefined {
  if (!/KUBE-SERVICES|KUBE-SVC-/.test(output)) return undefined;
  const names = new Set<string>();
  const addresses = new Set<string>();
  const chains = new Set<string>();
  const isSaved = /^-A KUBE-SERVICES/m.test(output);
  for (const line of output.split('\n')) {
    if (isSaved ? !line.startsWith('-A KUBE-SERVICES') : /^(Chain|-A|:)/.test(line)) continue;
    const chain = /(KUBE-SVC-[A-Z0-9]{4,})/.exec(line)?.[1];
    if (chain === undefined) continue;
    const name = /(?:--comment "|\/\* )([^" ]{1,200}) cluster IP/.exec(line)?.[1];
    const target = /-d ([0-9.]{7,15})(?:\/32)? -p (\w{1,8}) .*--dport (\d{1,5})/.exec(line.slice(0, 1000));
    chains.add(chain);
    if (name !== undefined) names.add(name);
    if (target !== null) addresses.add(`${target[1]} ${target[2]} ${target[3]}`);
  }
  return { names, addresses, size: chains.size };
}

function fromNftables(output: string): ServedPorts | undefined {
  if (!/service-|kube-proxy/.test(output)) return undefined;
  const addresses = new Set<string>();
  for (const match of output.matchAll(
    /(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}) \. (tcp|udp|sctp) \. (\d{1,5}) : goto (?:service|external)-/g,
  )) {
    addresses.add(`${match[1]} ${match[2]} ${match[3]}`);
  }
  return { names: new Set(), addresses, size: addresses.size };
}

/** A virtual server without a real server below it serves nobody. */
function fromIpvs(output: string): ServedPorts | undefined {
  const addresses = new Set<string>();
  let current: string | undefined;
  for (const line of output.split('\n')) {
    const virtual = /^(TCP|UDP|SCTP) +(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5}) /.exec(line);
    if (virtual !== null) current = `${virtual[2]} ${virtual[1]?.toLowerCase()} ${virtual[3]}`;
    else if (current !== undefined && /^ +-> \d/.test(line)) addresses.add(current);
  }
  return /^IP Virtual Server|^Prot LocalAddress/m.test(output) ? { names: new Set(), addresses, size: addresses.size } : undefined;
}
