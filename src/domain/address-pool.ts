/** "No more free affine blocks", "no available IPs on subnet": none is left of what is counted. */
const noneIsLeft =
  /\bno (?:(?:more|further|free|available|usable|unused|unallocated|remaining) ){1,3}(?:[\w-]{1,20} ){0,2}(?:ips?|ipv[46]|address(?:es)?|blocks?|ranges?|subnets?|cidrs?)\b|\bno (?:[\w-]{1,20} ){0,2}(?:ips?|ipv[46]|address(?:es)?) (?:(?:is|are) )?(?:available|free|left|remaining)\b/i;
/** "range is full", "All CIDR ranges are exhausted", "IP_SPACE_EXHAUSTED": what addresses are taken from has run dry. */
const poolIsFull =
  /\b(?:range|pool|subnet|block|cidr|ipam|ip[ _]space|address space)s?(?: [\w./:-]{1,40})?[ _](?:(?:is|are|has been|have been) )?(?:full|exhausted|depleted|used up)\b|Subnet(?:Is)?Full/i;
const notEnough =
  /\b(?:insufficient|not enough|(?:ran|run|runs|running) out of) ?(?:free |available |pod )?(?:ips?|ipv[46]|(?:ip ?)?address(?:es)?)\b|InsufficientFreeAddresses|InsufficientCidrBlocks|AddressLimitExceeded|NoAvailableAddress/i;
/** "Assigned 0 out of 1 requested IPv4 addresses", "per host block limit": the plugin's own words for having had nothing to give. */
const nothingGiven =
  /\bassigned 0 out of \d|per[- ]host block limit|failed to allocate for range|could not allocate ip in range|failed to assign an ip address to container|could not assign.{0,40}address/i;

/**
 * True where a network plugin says that it has no address left to give. Source: the words of host-local, the providers'
 * plugins, Calico, Cilium, OVN and whereabouts; such a plugin works, and its pool is what lacks.
 */
export function saysNoAddressIsLeft(message: string): boolean {
  const text = message.slice(0, 2000);
  return [noneIsLeft, poolIsFull, notEnough, nothingGiven].some((form) => form.test(text));
}
