/**
 * Entries in the kernel's table of connections and how many fit. Source: sysctl net.netfilter.nf_conntrack_count and
 * nf_conntrack_max, or the files of those names under /proc/sys/net/netfilter. Undefined: either is missing.
 */
export function parseConnectionTracking(command: string, output: string): { readonly used: number; readonly limit: number } | undefined {
  const used = /nf_conntrack_count\s*[=:]?\s*(\d{1,12})/.exec(output)?.[1];
  const limit = /nf_conntrack_max\s*[=:]?\s*(\d{1,12})/.exec(output)?.[1];
  if (used !== undefined && limit !== undefined) return sane(Number(used), Number(limit));
  const isBothFiles = /nf_conntrack_count.*nf_conntrack_max/.test(command) || command === 'connection-tracking';
  const figures = /^\s*(\d{1,12})\s+(\d{1,12})\s*$/.exec(output);
  return isBothFiles && figures !== null ? sane(Number(figures[1]), Number(figures[2])) : undefined;
}

function sane(used: number, limit: number): { readonly used: number; readonly limit: number } | undefined {
  return limit > 0 ? { used, limit } : undefined;
}
