import { describe, expect, it } from 'vitest';
import { saysNoAddressIsLeft } from './address-pool.ts';

describe('a network plugin that has no address left', () => {
  it.each([
    'failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.14',
    'add cmd: failed to assign an IP address to container',
    'unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure  "range is full"',
    'unable to create endpoint: No more IPs available',
    'failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No more free affine blocks and strict affinity enabled',
    'cannot allocate new block due to per host block limit',
    'error assigning pod addresses: failed to allocate ips: no available IPs on subnet 10.128.2.0/23',
    'Could not allocate IP in range: ip: 192.0.2.1 / - 192.0.2.14',
    'InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses',
    'AddPod: allocate ip: subnet ovn-default is exhausted',
    'Operation cannot be completed: IP_SPACE_EXHAUSTED',
  ])('%s', (message) => {
    expect(saysNoAddressIsLeft(message)).toBe(true);
  });

  it.each([
    'failed to find plugin "bridge" in path [/opt/cni/bin]',
    'plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory',
    'unable to connect to Cilium daemon: dial unix /var/run/cilium/cilium.sock: connect: connection refused',
    'node "node-1" pod cidr not assigned',
    'failed to set bridge addr: "cni0" already has an IP address different from 10.244.1.1/24',
    'error getting ClusterInformation: connection is unauthorized: Unauthorized',
    'no IP ranges specified',
    'no configured Calico pools',
  ])('not said by: %s', (message) => {
    expect(saysNoAddressIsLeft(message)).toBe(false);
  });
});
