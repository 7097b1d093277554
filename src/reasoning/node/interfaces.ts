export interface NetworkInterface {
  readonly name: string;
  readonly mtuBytes: number | undefined;
  /** "UP", "DOWN", "UNKNOWN" or "LOWERLAYERDOWN". */
  readonly state: string | undefined;
  /** Received and sent together, since boot. */
  readonly errors: number;
  readonly dropped: number;
}

/** Interfaces from `ip link`, `ip addr` or `ip -s link`. Empty: the output is not one of these. */
export function parseInterfaces(output: string): readonly NetworkInterface[] {
  const interfaces: NetworkInterface[] = [];
  let isCounters = false;
  for (const line of output.split('\n')) {
    const short = line.slice(0, 400);
    const head = /^\d{1,6}: ([^:@\s]{1,32})(?:@\S+)?: <[^>]*>(.*)$/.exec(short);
    if (head !== null) {
      const mtu = /\bmtu (\d{1,6})/.exec(head[2] ?? '')?.[1];
      interfaces.push({
        name: head[1] ?? '',
        mtuBytes: mtu === undefined ? undefined : Number(mtu),
        state: /\bstate (\w+)/.exec(head[2] ?? '')?.[1],
        errors: 0,
        dropped: 0,
      });
    }
    const latest = interfaces.at(-1);
    const figures = isCounters ? /^\s*\d+ +\d+ +(\d{1,15}) +(\d{1,15})\b/.exec(short) : null;
    if (latest !== undefined && figures !== null) {
      interfaces[interfaces.length - 1] = {
        ...latest,
        errors: latest.errors + Number(figures[1]),
        dropped: latest.dropped + Number(figures[2]),
      };
    }
    isCounters = /^\s*[RT]X: +bytes +packets +errors +dropped/.test(short);
  }
  return interfaces;
}
