/** The host-local plugin keeps back the network, gateway and broadcast address of the range. */
const addressesKeptBack = 3;

/**
 * Pod addresses that the node has given out, counted from the files that the host-local plugin keeps, one per address.
 * Undefined: another listing, or the node's range is not known.
 */
export function parsePodAddresses(
  command: string,
  output: string,
  podCidr: string | undefined,
): { readonly used: number; readonly available: number } | undefined {
  if (!/cni\/networks|pod-addresses/.test(command)) return undefined;
  const available = rangeSize(podCidr);
  if (available === undefined) return undefined;
  const count = /^\s*(\d{1,9})\s*$/.exec(output)?.[1];
  if (count !== undefined) return { used: Number(count), available };
  const used = output.split(/\s+/).filter((word) => /^(?:\S*\/)?\d{1,3}(\.\d{1,3}){3}$/.test(word.slice(0, 300))).length;
  return used === 0 ? undefined : { used, available };
}

/** Addresses that pods can have in an IPv4 range. IPv6 ranges never run out. */
function rangeSize(cidr: string | undefined): number | undefined {
  const bits = /^\d{1,3}(?:\.\d{1,3}){3}\/(\d{1,2})$/.exec(cidr ?? '')?.[1];
  return bits === undefined || Number(bits) > 30 ? undefined : 2 ** (32 - Number(bits)) - addressesKeptBack;
}
